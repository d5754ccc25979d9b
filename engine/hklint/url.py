"""What a URL must be before a host is asked to request it."""

from urllib.parse import urlsplit


def is_https_url(text: str) -> bool:
    """Whether it is an absolute https URL in plain ASCII, without user name and password."""
    if not text.isascii() or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    named = parts.scheme == "https" and bool(parts.hostname) and port != 0
    return named and parts.username is None
