"""What the search for the password finds: each of its forms, wherever it stands."""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus, urlencode
from xml.sax.saxutils import escape, quoteattr

import pytest

from hklint.lab.lab import LabHost

CANARY = 'Canary/9f3b!Pä&"%+ss'
NT_HASH = "e8c9577de9a1c4601661530951573dcb"
"""MD4 of the canary in UTF-16LE."""

Leaks = Callable[[Mapping[str, bytes]], list[str]]


def _ntlmv2_hash() -> bytes:
    """MS-NLMP, 3.3.2, NTOWFv2."""
    return hmac.digest(bytes.fromhex(NT_HASH), "AUDITLAB".encode("utf-16-le"), hashlib.md5)


PLANTED: Mapping[str, bytes] = {
    "plain": f"password={CANARY};".encode(),
    "cut by a line break": f"it is {CANARY[:9]}\n     = {CANARY[9:]}".encode(),
    "latin-1": CANARY.encode("latin-1"),
    "a message of NTLM": b"\x04\x00" + CANARY.encode("utf-16-le"),
    "big endian": "é".encode("utf-16-be") + CANARY.encode("utf-16-be"),
    "JSON": json.dumps({"a": [CANARY]}).encode(),
    "JSON in JSON": json.dumps(json.dumps(CANARY)).encode(),
    "XML": f"<a>{escape(CANARY)}</a>".encode(),
    "an attribute": f"<a b={quoteattr(CANARY)}/>".encode(),
    "Python": repr({"a": CANARY.encode()}).encode(),
    "a URL": f"https://audit:{quote(CANARY, safe='')}@ex01".encode(),
    "a form": urlencode({"password": CANARY}).encode(),
    "a form in latin-1": quote_plus(CANARY, encoding="latin-1").encode(),
    "URL in lower case": quote(CANARY, safe="").lower().encode().replace(b"canary", b"Canary"),
    "base64": base64.b64encode(CANARY.encode()),
    "Basic": b"Authorization: Basic " + base64.b64encode(f"LAB\\audit:{CANARY}".encode()),
    "Basic in latin-1": base64.b64encode(f"LAB\\audit:{CANARY}".encode("latin-1")),
    "base64 of UTF-16": base64.b64encode(CANARY.encode("utf-16-le")),
    "PowerShell -EncodedCommand": base64.b64encode(f"$p = '{CANARY}'".encode("utf-16-le")),
    "base64 for URLs": base64.urlsafe_b64encode(f"x{CANARY}y".encode()).strip(b"="),
    **{f"base64 after {n}": base64.b64encode(b"x" * n + CANARY.encode()) for n in range(6)},
    "hex": CANARY.encode().hex().encode(),
    "hex of UTF-16": CANARY.encode("utf-16-le").hex().upper().encode(),
    "BitConverter": CANARY.encode().hex("-").upper().encode(),
    "NT hash": bytes.fromhex(NT_HASH),
    "NT hash in hex": f"audit:1000:aad3b435b51404ee:{NT_HASH}:::".encode(),
    "NT hash in HEX": NT_HASH.upper().encode(),
    "NT hash in base64": base64.b64encode(bytes.fromhex(NT_HASH)),
    "NT hash within base64": base64.b64encode(b"hash:" + bytes.fromhex(NT_HASH)),
    "NTLMv2 hash": _ntlmv2_hash(),
    "NTLMv2 hash in hex": _ntlmv2_hash().hex().encode(),
    "NTLMv2 hash in base64": base64.b64encode(_ntlmv2_hash()),
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED.keys())
@pytest.mark.parametrize("before", [b"", b"\xff\xfe\x00", b"log: "])
def test_what_is_planted_is_found(planted: bytes, before: bytes, leaks: Leaks) -> None:
    found = leaks({"log": b"nothing", "record": before + planted + b"\n"})
    assert found
    assert all(leak.endswith(" in record") for leak in found)


def test_each_form_is_found_by_itself(forms: Mapping[str, bytes], leaks: Leaks) -> None:
    for name, text in forms.items():
        assert f"{name} in log" in leaks({"log": b"." + text + b"."})


def test_what_is_none_is_not_found(leaks: Leaks) -> None:
    other = CANARY.replace("C", "D")
    harmless = [other, "LAB\\audit", base64.b64encode(other.encode()).decode(), NT_HASH[::-1]]
    assert leaks({str(number): text.encode() for number, text in enumerate(harmless)}) == []


@pytest.mark.parametrize("place", ["jsonl", "notes/crash.txt"])
def test_a_file_of_a_run_is_searched(
    place: str, host: LabHost, audited: Callable[..., object], tmp_path: Path
) -> None:
    file = tmp_path / place
    file.parent.mkdir(exist_ok=True)
    file.write_text(CANARY, "utf-8")
    left = {"jsonl": 0, "notes/crash.txt": 2}  # the run writes its report anew
    assert len(audited(host.target).leaks) == left[place]  # type: ignore[attr-defined]


@pytest.mark.usefixtures("everything_written")
def test_the_log_of_a_run_is_searched(host: LabHost, audited: Callable[..., object]) -> None:
    logging.getLogger("hklint.sources").debug("it is %s", CANARY)
    assert "utf-8 in log" in audited(host.target).leaks  # type: ignore[attr-defined]
