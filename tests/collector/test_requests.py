"""The one request of the script goes where it was sent, as nobody: no redirects, no credentials."""

import re
from collections.abc import Callable

from tree_sitter import Node

Find = Callable[..., list[Node]]


def words(node: Node) -> str:
    return " ".join((node.text or b"").decode().replace("`", " ").split())


def test_the_request_is_this_and_no_other(find: Find, probe: str) -> None:
    """Invoke-WebRequest -MaximumRedirection 0 follows none; -UseDefaultCredentials, -Credential,
    -Certificate, -Headers and -WebSession are what could make it say who asks (its page at
    learn.microsoft.com)."""
    (request,) = (words(node) for node in find("command") if "-WebRequest" in words(node))
    assert request == (
        "Invoke-WebRequest -Uri $uri -UseBasicParsing -TimeoutSec $asked.timeout_seconds "
        "-MaximumRedirection 0 -DisableKeepAlive -ErrorAction SilentlyContinue "
        "-ErrorVariable problems @extra"
    )
    assert re.findall(r"\$extra\S*.*", probe) == ["$extra = @{}", "$extra['SslProtocol'] = 'Tls12'"]


def test_only_https_without_a_user_is_requested(find: Find) -> None:
    """The script checks it too, whoever wrote the request."""
    checks = [words(node) for node in find("if_statement")]
    assert [check for check in checks if "$uri.Scheme -cne 'https'" in check and "throw" in check]
    assert [check for check in checks if "$uri.UserInfo.Length -gt 0" in check and "throw" in check]
