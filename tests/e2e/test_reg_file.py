"""`hklint check host.reg`: exports and fix files judged without the host, and never too well."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from hklint.fact import RegistryKey
from hklint.lab.lab import Lab
from hklint.reg_file.data import to_data
from hklint.reg_file.entries import TYPE_NUMBERS, CreateKey, Entry, KeyPath, SetValue
from hklint.reg_file.paths import key_of
from hklint.reg_file.write import write
from hklint.run import Run
from hklint.verdict import Outcome

POLICY = "exchange-store-addins"
ARTICLE = Path(__file__).with_name("reg_files")
"""The two files of Microsoft's article on the Store's error, as it has people write them."""
STATED = ("--host-field", "build=17763", "--host-field", "exchange_version=15.2.1118.7")
WINDOWS = KeyPath("HKLM", "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion")
EXCHANGE = KeyPath("HKLM", "SOFTWARE\\Microsoft\\ExchangeServer\\v15\\Setup")
EXCHANGE_PARTS = ("MsiProductMajor", "MsiProductMinor", "MsiBuildMajor", "MsiBuildMinor")

Command = Callable[..., Any]
Read = Callable[[Path], Run]


@pytest.fixture
def judged(hklint_command: Command, recorded: Read) -> Callable[..., dict[str, Outcome]]:
    """Outcomes by rule and instance, of one .reg file checked with these options."""

    def check(*arguments: object) -> dict[str, Outcome]:
        hklint_command("check", *arguments, "-p", POLICY, "--record", "run.jsonl")
        (host,) = recorded(Path("run.jsonl")).hosts
        return {verdict.name: verdict.outcome for verdict in host.verdicts}

    return check


def test_the_articles_files_alone_decide_nothing_about_a_host(judged: Command) -> None:
    """Without the build and the version of Exchange no rule can be judged, and none passes."""
    for name in ("TLS12-Enable.reg", "NET4X-UseSchannelDefaults.reg"):
        assert set(judged(ARTICLE / name).values()) == {Outcome.UNKNOWN}


@pytest.mark.parametrize(
    ("name", "passed"),
    [
        (
            "TLS12-Enable.reg",
            {
                "tls-1.2-client-usable",
                "tls-1.2-server-usable",
                "schannel-values-explicit[role=Client,value=Enabled]",
                "schannel-values-explicit[role=Client,value=DisabledByDefault]",
                "schannel-values-explicit[role=Server,value=Enabled]",
                "schannel-values-explicit[role=Server,value=DisabledByDefault]",
            },
        ),
        (
            "NET4X-UseSchannelDefaults.reg",
            {"dotnet-inherits-schannel[view=64-bit]", "dotnet-inherits-schannel[view=32-bit]"},
        ),
    ],
)
def test_the_articles_files_pass_what_they_set_and_nothing_else(
    judged: Command, name: str, passed: set[str]
) -> None:
    """With the host's identity stated; what the file does not set stays unknown."""
    outcomes = judged(ARTICLE / name, *STATED)
    assert {rule for rule, outcome in outcomes.items() if outcome is Outcome.PASS} == passed
    assert set(outcomes.values()) == {Outcome.PASS, Outcome.UNKNOWN}


def test_the_gate_stays_shut(hklint_command: Command) -> None:
    """A fix file is no evidence that the host may be worked on."""
    done = hklint_command("gate", ARTICLE / "TLS12-Enable.reg", *STATED, "-p", POLICY)
    assert done.code == 4
    assert "what it does not list is not known; see --whole-export" in done.err


@pytest.mark.parametrize(
    "host_id",
    ["ex2013-2008r2", "ex2016-blocked", "ex2016-dotnet", "ex2016-healthy", "ex2016-on-request"],
)
def test_an_export_is_judged_as_its_host(
    lab: Lab, hklint_command: Command, judged: Command, host_id: str
) -> None:
    """The registry of a host as an export gets the verdicts that the host gets itself."""
    hklint_command("snapshot", lab.hosts[host_id].target, "-p", POLICY, "-o", "ex01.json")
    answer = json.loads(Path("ex01.json").read_text(encoding="utf-8"))["answer"]
    Path("ex01.reg").write_bytes(write(_export(answer)))
    from_snapshot, from_export = judged("ex01.json"), judged("ex01.reg", "--whole-export")
    assert from_export.pop("store-reachable") is Outcome.UNKNOWN
    del from_snapshot["store-reachable"]
    assert from_export == from_snapshot


def _export(answer: Mapping[str, Any]) -> Iterator[Entry]:
    """The keys of an answer as an export of SOFTWARE and CurrentControlSet lists them."""
    for top in ("SOFTWARE", "SYSTEM\\CurrentControlSet"):
        yield CreateKey(KeyPath("HKLM", top))
    fields = {item["name"]: item.get("data") for item in answer["host"]}
    yield SetValue(WINDOWS, "CurrentBuildNumber", _text(str(fields["build"])))
    for name, number in zip(EXCHANGE_PARTS, fields["exchange_version"].split("."), strict=True):
        yield SetValue(EXCHANGE, name, to_data(4, int(number).to_bytes(4, "little")))
    for item in answer["registry"]:
        key = key_of(RegistryKey(item["hive"], item["key"], item["view"]))
        if item["state"] != "present":
            continue
        yield CreateKey(key)
        for value in cast("list[dict[str, Any]]", item["values"]):
            if value["state"] == "present":
                assert value["type"] == "REG_DWORD"
                data = value["data"].to_bytes(4, "little")
                yield SetValue(key, value["name"], to_data(TYPE_NUMBERS[value["type"]], data))


def _text(text: str) -> Any:  # noqa: ANN401 - data of a file
    return to_data(TYPE_NUMBERS["REG_SZ"], (text + "\0").encode("utf-16-le"))


def test_lines_that_are_not_understood_are_told_with_their_place(
    hklint_command: Command,
) -> None:
    """Nobody finds out from a verdict alone that a line was mistyped."""
    text = (ARTICLE / "TLS12-Enable.reg").read_text(encoding="ascii")
    Path("typo.reg").write_text(text.replace("dword:00000001", "DWORD:1", 1), encoding="ascii")
    done = hklint_command("check", "typo.reg", *STATED, "-p", POLICY)
    assert "Warning: typo.reg:7: not understood: a number is dword: in small letters" in done.err
    assert "line 7 of the file is not understood" in " ".join(done.out.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.reg", "--whole-export"], "a.reg:4: this line deletes, so the file is no export"),
        (["a.reg", "--host-field", "build"], "write NAME=VALUE"),
        (["a.reg", "--host-field", "build=x"], "build is a number"),
        (["a.reg", "--host-field", "exchange_version=2019"], "exchange_version is a version"),
        (["a.reg", "--host-field", "biuld=1"], "did you mean 'build'?"),
        (["a.reg", *STATED, "--host-field", "build=1"], "build: it is given twice"),
        (["a.reg", "./a.reg"], "given twice"),
        (["none.reg"], "cannot be read"),
        (["bad.reg"], "bad.reg:1: this is no .reg file"),
        (["ex01", "--whole-export"], "no target is one"),
    ],
)
def test_mistakes_are_told_before_anything_is_judged(
    hklint_command: Command, arguments: list[str], message: str
) -> None:
    """Exit 2, with what is wrong and where."""
    body = "\n[HKEY_LOCAL_MACHINE\\A]\n@=-\n"
    Path("a.reg").write_text(f"Windows Registry Editor Version 5.00\n{body}", encoding="ascii")
    Path("bad.reg").write_text(body, encoding="ascii")
    done = hklint_command("check", *arguments, "-p", POLICY)
    assert done.code == 2
    assert message in " ".join(done.err.split())


def test_a_snapshot_of_an_export_is_judged_like_the_export(
    hklint_command: Command, judged: Command
) -> None:
    """`hklint snapshot host.reg` keeps the evidence without the file; doctor has nothing to do."""
    file = ARTICLE / "TLS12-Enable.reg"
    hklint_command("snapshot", file, *STATED, "-p", POLICY, "-o", "kept.json")
    assert judged("kept.json") == judged(file, *STATED)
    assert hklint_command("doctor", file).code == 2
