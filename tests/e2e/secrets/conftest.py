"""A password that is looked for everywhere, in every form in which it could be read or used."""

import base64
import html
import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from spnego._ntlm_raw.crypto import ntowfv1, ntowfv2

from hklint.lab.lab import Lab, LabHost

USER = "LAB\\audit"
CANARY = 'Canary/9f3b!Pä&"%+ss'
POLICY = "exchange-store-addins"
LEAST = 6
"""Bytes that a form has at least, so that it is not found by chance."""

Command = Callable[..., Any]
Written = Mapping[str, bytes]


def forms_of(password: str, user: str) -> Mapping[str, bytes]:
    r"""Every form of a password of `DOMAIN\user` that is searched for, by name.

    Base64 is there in the three ways in which what stands before it can shift it, so the password
    is found within longer texts, such as `user:password`. Its beginning is found where a report
    breaks lines.
    """
    domain, _, name = user.rpartition("\\")
    nt_hash = ntowfv1(password)
    texts = {
        encoding: password.encode(encoding)
        for encoding in ("utf-8", "latin-1", "utf-16-le", "utf-16-be")
    }
    hashes = {"NT hash": nt_hash, "NTLMv2 hash": ntowfv2(name, nt_hash, domain)}
    found = {**texts, **hashes, **dict(_written_forms(password))}
    for kind, data in {**texts, **hashes}.items():
        found |= {f"{kind}, {form}": text for form, text in _encoded(data)}
    found["its beginning"] = password[:LEAST].encode()
    assert all(len(form) >= LEAST for form in found.values())
    return found


def _written_forms(password: str) -> Iterator[tuple[str, bytes]]:
    """As other languages write it."""
    yield "JSON", json.dumps(password)[1:-1].encode()
    yield "Python", repr(password.encode())[2:-1].encode()
    yield "XML", html.escape(password).encode()
    for encoding in ("utf-8", "latin-1"):
        for rest, safe in (("", ""), (" but slashes", "/")):
            text = quote(password, safe=safe, encoding=encoding)
            yield f"URL, {encoding}{rest}", text.encode()
            yield f"URL, {encoding}{rest}, in lower case", _lower_escapes(text).encode()


def _lower_escapes(text: str) -> str:
    first, *rest = text.split("%")
    return first + "".join(f"%{part[:2].lower()}{part[2:]}" for part in rest)


def _encoded(data: bytes) -> Iterator[tuple[str, bytes]]:
    yield "hex", data.hex().encode()
    yield "HEX", data.hex().upper().encode()
    yield "HEX-BY-BYTE", data.hex("-").upper().encode()
    for shift in range(3):
        # A letter is 6 bits. Only those are certain that are of the data alone.
        first, last = -(-8 * shift // 6), 8 * (shift + len(data)) // 6
        shifted = b"\0" * shift + data
        yield f"base64 shifted by {shift}", base64.b64encode(shifted)[first:last]
        yield f"URL base64 shifted by {shift}", base64.urlsafe_b64encode(shifted)[first:last]


@pytest.fixture(scope="session")
def forms() -> Mapping[str, bytes]:
    """The forms of the canary."""
    return forms_of(CANARY, USER)


@pytest.fixture(scope="session")
def leaks(forms: Mapping[str, bytes]) -> Callable[[Written], list[str]]:
    """Which form of the canary stands where, of all that was written."""

    def search(written: Written) -> list[str]:
        return [
            f"{form} in {place}"
            for place, data in written.items()
            for form, text in forms.items()
            if text in data
        ]

    return search


@pytest.fixture
def secret_lab(new_lab: Callable[..., Lab], tmp_path: Path) -> Lab:
    """A lab whose one host has the canary for its password."""
    text = resources.files("hklint.lab").joinpath("hosts/ex2016-blocked.yaml").read_text("utf-8")
    file = tmp_path / "secret.yaml"
    file.write_text(text.replace("Lab-audit-1", CANARY), "utf-8")
    running = new_lab(file)
    file.unlink()
    return running


@pytest.fixture
def host(secret_lab: Lab) -> LabHost:
    return secret_lab.hosts["secret"]


class Audited(msgspec.Struct, frozen=True):
    """What came of a run: its exit code, what it said and logged, and where the password is."""

    code: int
    said: str
    leaks: list[str]


@pytest.fixture
def everything_written(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> Callable[[], dict[str, bytes]]:
    """All files of the test's folder, and all that was logged, at the most verbose level."""
    for name in (None, "hklint"):
        caplog.set_level(logging.DEBUG, logger=name)

    def written() -> dict[str, bytes]:
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        return {path.name: path.read_bytes() for path in files} | {"log": caplog.text.encode()}

    return written


@pytest.fixture
def audited(
    hklint_command: Command,
    everything_written: Callable[[], dict[str, bytes]],
    leaks: Callable[[Written], list[str]],
    caplog: pytest.LogCaptureFixture,
) -> Callable[..., Audited]:
    """Runs a check that writes all it can, with the canary for its password, and searches that.

    `audited(target, *options, VARIABLE=...)`
    """

    def run(target: str, *options: object, **variables: str | None) -> Audited:
        reports = ("jsonl", "junit", "sarif", "terminal")
        files = [word for form in reports for word in ("--report", f"{form}={form}")]
        rest = [*files, "--record", "run.jsonl", "-vv", "--deadline", 3, "--retries", 0, *options]
        given = {"HKLINT_PASSWORD": CANARY, **variables}
        done = hklint_command("check", target, "-p", POLICY, *rest, **given)
        written = everything_written()
        assert done.code == 2 or set(written) >= {*reports, "run.jsonl"}
        written |= {"stdout": done.out.encode(), "stderr": done.err.encode()}
        said = re.sub(r"\n +=", " ", done.out + done.err) + caplog.text
        return Audited(done.code, " ".join(said.split()), leaks(written))

    return run
