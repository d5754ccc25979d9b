"""What hosts may be told to request, and what comes of a request that nobody allowed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from hklint import fleet
from hklint.allowed_urls import AllowedUrls, parse_allowed
from hklint.cli.allowed_urls import SHIPPED, allowed_urls
from hklint.credentials import Passwords
from hklint.documents.files import shipped_folder, shipped_names
from hklint.errors import UsageError
from hklint.fact import Present, Unreadable, WebRequest
from hklint.fleet import gather
from hklint.judging.plan import facts_needed
from hklint.linking.library import load
from hklint.snapshot import Snapshot, Source
from hklint.sources import Answered, Options
from hklint.sources.recorded import read_snapshot, snapshot_document, write_snapshot
from hklint.target import WsmanTarget
from hklint.url import origin_of

EVIL = "https://collect.evil.example/?host=EX01"
STORE = "https://appsource.microsoft.com"

ALLOWED = {
    "https://a.example": ["https://a.example/x?y", "https://A.Example.:443"],
    "https://a.example/some/page?query#part": ["https://a.example/other"],
    "https://a.example:8443": ["https://a.example:8443/"],
    "https://*.a.example": ["https://b.a.example", "https://c.b.a.example./"],
    "https://*.a.example:8443": ["https://b.a.example:8443"],
    "HTTPS://*.A.EXAMPLE": ["https://b.a.example"],
    "https://192.0.2.7": ["https://192.0.2.7/x"],
    "https://[2001:db8::7]:8443": ["https://[2001:DB8:0::7]:8443/x"],
    "https://xn--bcher-kva.example": ["https://XN--BCHER-KVA.example"],
}

REFUSED = {
    "https://a.example": ["https://b.a.example", "https://a.example:8443", "https://a.example.b"],
    "https://a.example:8443": ["https://a.example"],
    "https://*.a.example": [
        "https://a.example",
        "https://ba.example",
        "https://b.a.example:8443",
        "https://b.a.example.evil.example",
    ],
    "https://192.0.2.7": ["https://192.0.2.70", "https://[::ffff:192.0.2.7]"],
    "https://xn--bcher-kva.example": ["https://bucher.example"],
}

INVALID = {
    "": "it does not begin with https://",
    "*": "it does not begin with https://",
    "a.example": "it does not begin with https://",
    "http://a.example": "it does not begin with https://",
    "*.a.example": "it does not begin with https://",
    "https://bücher.example": "it has letters outside ASCII; names with such letters begin with xn",
    "https://user:word@a.example": "it has a user name or a password",
    "https://a.example\\b": "it has characters that no URL has",
    "https://a.example:https": "its port is no number from 1 to 65535",
    "https://127.1": "its host is no address",
    "https://*": "its host is no name",
    "https://*.example": "*. is for a domain of two words or more",
    "https://*.192.0.2.7": "*. is for a domain of two words or more",
    "https://*.*.a.example": "its host is no name",
    "https://b.*.a.example": "its host is no name",
    "https://b*.a.example": "its host is no name",
}


def _refused(allowed: str, url: str) -> tuple[str, ...]:
    urls = AllowedUrls(frozenset({parse_allowed(allowed)}))
    return urls.refused([WebRequest(url, "tls12")])


@pytest.mark.parametrize(
    ("allowed", "url"), [(text, url) for text, urls in ALLOWED.items() for url in urls]
)
def test_allowed(allowed: str, url: str) -> None:
    assert _refused(allowed, url) == ()


@pytest.mark.parametrize(
    ("allowed", "url"), [(text, url) for text, urls in REFUSED.items() for url in urls]
)
def test_refused(allowed: str, url: str) -> None:
    assert _refused(allowed, url) == (url,)


@pytest.mark.parametrize(("text", "reason"), INVALID.items())
def test_what_can_be_no_permission_is_said_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(UsageError) as caught:
        allowed_urls([text])
    assert str(caught.value).startswith(f"--allow-url {text}: {reason}")


def test_without_a_list_nothing_is_allowed() -> None:
    assert AllowedUrls().refused([WebRequest(STORE)]) == (STORE,)
    assert Options(passwords=Passwords({})).allowed_urls == AllowedUrls()


def test_a_file_has_one_url_a_line(tmp_path: Path) -> None:
    file = tmp_path / "urls.txt"
    text = "\ufeff# the proxies' own\n\nhttps://a.example  # a page\r\n  https://*.b.example\n"
    file.write_text(text, "utf-8", newline="")
    found = allowed_urls([f"@{file}", "https://c.example"]).listed - allowed_urls().listed
    texts = ("https://a.example", "https://*.b.example", "https://c.example")
    assert found == {parse_allowed(text) for text in texts}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"https://a.example\nhttp://b.example\n", "FILE:2: http://b.example: it does not begin"),
        (
            b"https://a.example https://b.example",
            "FILE:1: https://a.example https://b.example: it ",
        ),
        (b"\xff\xfeh\0", "--allow-url @FILE: it is not UTF-8 text"),
        (None, "--allow-url @FILE: it can't be read: No such file or directory"),
    ],
)
def test_a_file_that_is_none(data: bytes | None, said: str, tmp_path: Path) -> None:
    file = tmp_path / "urls.txt"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(UsageError) as caught:
        allowed_urls([f"@{file}"])
    assert str(caught.value).replace(str(file), "FILE").startswith(said)


def test_what_is_allowed_from_the_start_is_what_the_shipped_policies_ask_for() -> None:
    """By their own parameters and as the shipped profiles set them: all of it, nothing else."""
    libraries = [load(shipped_names("policy"), {})]
    libraries += [load([], {}, [profile]) for profile in shipped_names("profile")]
    facts = {fact for library in libraries for fact in facts_needed(library.policies.values())}
    asked = {str(origin_of(fact.uri)) for fact in facts if isinstance(fact, WebRequest)}
    lines = (shipped_folder() / SHIPPED).read_text("ascii").splitlines()
    assert [line for line in lines if not line.startswith("#")] == sorted(asked)
    assert allowed_urls().refused(facts) == ()
    assert len(asked) == 2


def _attempt() -> dict[str, Any]:
    """The record of a request that went well."""
    none = dict.fromkeys(("proxy", "final_uri", "status", "error_id", "message"))
    return {
        "way": "default",
        "result": "response",
        "started": "2026-11-23T12:00:00Z",
        "milliseconds": 1,
        "ran_in": "child",
        "process": {"name": "powershell", "bits": 64, "powershell": "5.1", "edition": "Desktop"},
        "security_protocol": {"before": None, "during": None},
        "method": "GET",
        "http_status": 200,
        "exceptions": [],
        **none,
    }


class _Boaster:
    """A host that answers every request it can think of, whether it was told to make it or not."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def __call__(
        self, target: WsmanTarget, request: Mapping[str, object], options: Options
    ) -> Answered:
        del options
        self.told += cast("list[dict[str, Any]]", request["web_requests"])
        pages = [{"uri": uri, "attempts": [_attempt()]} for uri in (EVIL, STORE)]
        process = {
            "powershell": "5.1",
            "edition": "Desktop",
            "bits": 64,
            "process": "wsmprovhost",
            "user": "LAB\\audit",
            "administrator": False,
            "culture": "en-US",
            "milliseconds": 1,
        }
        answer = {
            "version": 1,
            "collector": process,
            "host": [],
            "registry": [],
            "web_requests": pages,
        }
        return Answered(answer, Source("psrp", target.text, "", "", "0" * 64), 0.1)


def _taken(monkeypatch: pytest.MonkeyPatch, *allowed: str) -> tuple[_Boaster, Snapshot]:
    host = _Boaster()
    monkeypatch.setattr(fleet, "collect", host)
    options = Options(passwords=Passwords({}), allowed_urls=allowed_urls(allowed))
    facts = {WebRequest(EVIL), WebRequest(EVIL, "tls12"), WebRequest(STORE)}
    target = WsmanTarget("ex01", 5985, tls=False, user=None, text="ex01")
    (gathered,) = gather([target], facts, options, 1)
    assert isinstance(gathered.result, Snapshot)
    return host, gathered.result


def test_what_nobody_allowed_is_not_asked_for_and_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    host, snapshot = _taken(monkeypatch)
    assert [item["uri"] for item in host.told] == [STORE]
    refused = Unreadable("not-allowed", "--allow-url https://collect.evil.example allows it")
    assert snapshot.observe(WebRequest(EVIL)) == refused
    assert snapshot.observe(WebRequest(EVIL, "tls12")) == refused
    assert isinstance(snapshot.observe(WebRequest(STORE)), Present)


def test_what_was_allowed_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    host, snapshot = _taken(monkeypatch, "https://*.evil.example")
    assert [item["uri"] for item in host.told] == [STORE, EVIL]
    assert isinstance(snapshot.observe(WebRequest(EVIL)), Present)
    assert "not_requested" not in snapshot_document(snapshot)


def test_a_snapshot_file_says_the_same_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Although the answer that it holds has the host's boast."""
    _, snapshot = _taken(monkeypatch)
    text = write_snapshot(snapshot)
    assert EVIL in str(snapshot.answer)
    assert read_snapshot(text, "ex01.json") == snapshot
    assert write_snapshot(read_snapshot(text, "ex01.json")) == text


def test_a_snapshot_file_cannot_name_what_is_no_url(monkeypatch: pytest.MonkeyPatch) -> None:
    _, snapshot = _taken(monkeypatch)
    text = write_snapshot(snapshot).replace(EVIL, "https://a@b")
    with pytest.raises(UsageError, match=r"ex01\.json: the snapshot is damaged: \$\.not_requested"):
        read_snapshot(text, "ex01.json")
