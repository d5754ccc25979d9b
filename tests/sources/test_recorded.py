import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hklint.errors import UsageError
from hklint.facts import read_answer
from hklint.snapshot import Snapshot, Source
from hklint.sources.recorded import load_snapshot, read_snapshot, snapshot_document, write_snapshot

REQUEST = {
    "registry": [{"hive": "HKLM", "view": "64-bit", "key": "SOFTWARE\\Ääkköset", "values": ["E"]}]
}


@pytest.fixture
def snapshot(kit: SimpleNamespace) -> Snapshot:
    answer = kit.answer_to(json.dumps(REQUEST))
    source = Source("psrp", "psrp://exch01", "LAB\\audit", "http, NTLM, sealed messages", "0" * 64)
    return Snapshot("exch01", "2026-11-23T12:00:00Z", source, answer, read_answer(answer))


def test_round_trip_is_exact(snapshot: Snapshot) -> None:
    text = write_snapshot(snapshot)
    assert read_snapshot(text, "exch01.json") == snapshot
    assert write_snapshot(read_snapshot(text, "exch01.json")) == text


def test_text_is_stable_and_readable(snapshot: Snapshot) -> None:
    text = write_snapshot(snapshot)
    document = json.loads(text)
    assert text == json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    assert "Ääkköset" in text
    assert document == snapshot_document(snapshot)


def test_observations_are_read_anew(snapshot: Snapshot) -> None:
    document = snapshot_document(snapshot)
    assert "observations" not in document
    assert read_snapshot(json.dumps(document), "x").observations == snapshot.observations


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_file_as_windows_powershell_redirects_it(
    snapshot: Snapshot, tmp_path: Path, encoding: str
) -> None:
    file = tmp_path / "exch01.json"
    file.write_text(write_snapshot(snapshot), encoding=encoding)
    assert load_snapshot(str(file)) == snapshot


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x.json:1:1: this is no snapshot"),
        ('{\n  "a": 1\n  "b": 2\n}', "x.json:3:3: this is no snapshot"),
        ("[]", "x.json: this is no snapshot"),
        ("{}", "hklint_snapshot, its version, is missing"),
        ('{"hklint_snapshot": true}', "its version, is missing"),
        ('{"hklint_snapshot": 2}', "version 2, and this hklint reads version 1"),
        ('{"hklint_snapshot": 1}', "the snapshot is damaged"),
        ('{"a": 1.5}', "1.5 is no whole number"),
        ('{"a": 1, "a": 2}', "a member is named twice"),
        ("[" * 200_000, "too deeply nested"),
    ],
)
def test_what_is_no_snapshot(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_snapshot(text, "x.json")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda document: document.pop("host"), "`host`"),
        (lambda document: document.update(extra=1), "extra"),
        (lambda document: document["source"].update(kind=1), "$.source.kind"),
        (lambda document: document["answer"].pop("registry"), "'registry'"),
        (
            lambda document: document["answer"]["registry"][0].update(state="?"),
            "$.registry[0].state",
        ),
        (
            lambda document: document.update(
                answer={"version": 1, "error": {"code": "failed", "message": ""}}
            ),
            "it is a refusal",
        ),
    ],
)
def test_damage_is_located(
    snapshot: Snapshot, damage: Callable[[dict[str, Any]], object], message: str
) -> None:
    document = json.loads(write_snapshot(snapshot))
    damage(document)
    with pytest.raises(UsageError, match=r"x\.json: the snapshot.* is damaged") as caught:
        read_snapshot(json.dumps(document), "x.json")
    assert message in str(caught.value)


def test_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the snapshot cannot be read: No such file"):
        load_snapshot(str(tmp_path / "none.json"))


def test_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(b'{\n"a": "\xff"}')
    with pytest.raises(UsageError, match=r"x\.json:2: this is no snapshot"):
        load_snapshot(str(file))
