"""The time, as snapshots and runs record it."""

from datetime import UTC, datetime


def now() -> str:
    """UTC in ISO 8601, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc(text: str) -> datetime:
    """The moment that an ISO 8601 text names; without a zone it is UTC.

    Raises:
        ValueError: It is no such text.
    """
    moment = datetime.fromisoformat(text)
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is out of range") from None


def utc_or(text: str, otherwise: datetime) -> datetime:
    """The moment that a text names, or another one, as for a host that was never asked."""
    try:
        return utc(text)
    except ValueError:
        return otherwise
