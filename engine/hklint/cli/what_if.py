"""hklint what-if: a recorded host, judged as if registry values were others."""

import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from hklint.cli.options import load_library, policy_options
from hklint.cli.sections import SectionCommand, SectionOption
from hklint.errors import UsageError
from hklint.exit_code import Exit

if TYPE_CHECKING:
    from hklint.fact import RegistryValue
    from hklint.linking.library import Library
    from hklint.run import HostResult, Run
    from hklint.snapshot import Snapshot
    from hklint.verdict import Change, Verdict

_REGISTRY = re.compile(r"(?:HKLM|HKCU|HKCR|HKU|HKCC|HKEY_[A-Z_]+)\\", re.IGNORECASE)
_QUOTED = re.compile(r'(?P<key>.+?):"(?P<name>(?:[^"\\]|\\.)*)"(?P<data>=.*)?', re.DOTALL)
_BARE = re.compile(r"(?P<key>[^=]*):(?P<name>[^=:]*)(?P<data>=.*)?", re.DOTALL)

EXAMPLES = r"""
\b
Examples:
  hklint what-if ex01.json -p exchange-store-addins \
    --set 'HKLM\SOFTWARE\Microsoft\.NETFramework\v4.0.30319:SchUseStrongCrypto=dword:1'
  hklint what-if run.jsonl --host EX01 -p exchange-store-addins \
    --delete 'HKLM\SOFTWARE\Wow6432Node\Microsoft\.NETFramework\v4.0.30319:SchUseStrongCrypto'
"""


@click.command("what-if", cls=SectionCommand, epilog=EXAMPLES)
@click.argument("source")
@policy_options
@click.option(
    "--delete",
    "deleted",
    multiple=True,
    cls=SectionOption,
    section="What if",
    metavar="KEY:NAME",
    help="Suppose this value is not there. Repeatable.",
)
@click.option(
    "--host",
    cls=SectionOption,
    section="What if",
    metavar="HOST",
    help="The host of a recorded run that has several.",
)
def what_if_command(
    source: str,
    deleted: tuple[str, ...],
    host: str | None,
    **given: Any,  # noqa: ANN401 - click's
) -> int:
    r"""Judge a recorded host as if registry values were others. Nothing is written to a host.

    SOURCE is a snapshot file or a recorded run (RUN.jsonl). A --set that begins with a hive, as in
    KEY:NAME=DATA, supposes a value, with DATA as in .reg files: dword:1, "text", hex(7):... Any
    other --set is a parameter, as for `hklint check`. In KEY, SOFTWARE\Wow6432Node means the 32-bit
    view. The key ends at the last colon before the first =; a NAME with : or = stands in quotes,
    and @ is the key's default value. The exit code is that of the changed host.
    """
    supposed = [text for text in given["settings"] if _REGISTRY.match(text)]
    changes = [parse_change(text) for text in supposed]
    changes += [parse_change(text, deletion=True) for text in deleted]
    if not changes:
        raise UsageError("nothing to suppose: give --set 'HKLM\\...:Name=dword:0' or --delete")
    facts = [str(change.fact).casefold() for change in changes]
    if len(set(facts)) < len(facts):
        raise UsageError("a value is supposed twice: name each once")
    settings = tuple(text for text in given["settings"] if text not in supposed)
    library = load_library({**given, "settings": settings})
    return _show(library, _snapshot(source, host), changes)


def parse_change(text: str, *, deletion: bool = False) -> "Change":
    """What the text of `--set`, or of `--delete`, supposes. Raises UsageError."""
    from hklint.reg_file.data import DataError, parse_data  # noqa: PLC0415 - as the others
    from hklint.reg_file.entries import Raw  # noqa: PLC0415 - only this command
    from hklint.verdict import Change  # noqa: PLC0415 - only this command

    found = _QUOTED.fullmatch(text) or _BARE.fullmatch(text)
    if found is None or (found["data"] is None) is not deletion:
        form = "KEY:NAME" if deletion else "KEY:NAME=DATA"
        raise UsageError(f"{text!r}: this is not {form}")
    try:
        fact = _fact(found)
        if deletion:
            return Change(fact, "", None, "none")
        data = parse_data(found["data"][1:])
    except DataError as error:
        raise UsageError(f"{text!r}: {error}") from None
    if isinstance(data, Raw):
        raise UsageError(f"{text!r}: data of this type or length can't be judged")
    return Change(fact, data.type, data.value, "none")


def _fact(found: "re.Match[str]") -> "RegistryValue":
    from hklint.reg_file.data import unquoted  # noqa: PLC0415 - only this command
    from hklint.reg_file.paths import ROOTS, parse_key, value_of  # noqa: PLC0415 - the same

    root, _, path = found["key"].partition("\\")
    full = next((name for hive, name in ROOTS.items() if hive == root.upper()), root)
    key = parse_key(f"{full}\\{path}")
    if key is None:
        raise UsageError(f"{found['key']!r}: this is no key; it begins with HKLM\\ or another hive")
    if found.re is _QUOTED:
        return value_of(key, unquoted(found["name"]))
    return value_of(key, "" if found["name"] == "@" else found["name"])


def _snapshot(source: str, host: str | None) -> "Snapshot":
    from hklint.cli.explain.run import recorded_host  # noqa: PLC0415 - only this command
    from hklint.sources.recorded import load_snapshot  # noqa: PLC0415 - the same

    if source.endswith(".jsonl"):
        return recorded_host(source, host)[2]
    if host is not None:
        raise UsageError("--host names a host of a recorded run, and SOURCE is a snapshot")
    return load_snapshot(source)


def _show(library: "Library", snapshot: "Snapshot", changes: "list[Change]") -> Exit:
    from hklint.cli.explain.text import wrapped  # noqa: PLC0415 - only this command
    from hklint.judging.changed import changed  # noqa: PLC0415 - the same
    from hklint.judging.show import show  # noqa: PLC0415 - the same
    from hklint.judging.ways import after as seen_after  # noqa: PLC0415 - the same
    from hklint_reports.text import visible  # noqa: PLC0415 - the same

    before = _run(library, snapshot)
    after = _run(library, changed(snapshot, changes))
    click.echo(f"What if, on {visible(snapshot.host)}:")
    for change in changes:
        click.echo(f"  {visible(str(change.fact))}")
        was, now = show(snapshot.observe(change.fact)), show(seen_after(change))
        click.echo(f"    {visible(was)} -> {visible(now)}")
    note = (
        "Judged as if what has to restart had restarted. The live requests are from before the "
        "change. Nothing was written to the host."
    )
    click.echo("\n".join(["", *wrapped(note), "", *_diagnoses(before, after)]))
    _verdicts(before, after)
    return Exit(after.summary.exit_code)


def _run(library: "Library", snapshot: "Snapshot") -> "Run":
    from hklint import audit  # noqa: PLC0415 - with all it needs, only for this command
    from hklint.fleet import Gathered  # noqa: PLC0415 - the same
    from hklint.run import Run  # noqa: PLC0415 - the same
    from hklint.tally import tally  # noqa: PLC0415 - the same

    header = audit.header(library, "what-if", (), targets=1, fail_on="info", allow_unknown=False)
    gathered = Gathered(0, snapshot.host, snapshot.host, snapshot.taken_at, 0.0, snapshot)
    hosts = (audit.host_result(gathered, list(library.policies.values())),)
    return Run(header, hosts, audit.summary(tally(header, hosts)))


def _diagnoses(before: "Run", after: "Run") -> Iterator[str]:
    from hklint_reports.text import visible  # noqa: PLC0415 - only this command

    for was, now in zip(_host(before).diagnoses, _host(after).diagnoses, strict=True):
        same = "as before" if was.title == now.title else f"before: {was.title}"
        yield visible(f"Diagnosis: {now.title} ({same})")


def _verdicts(before: "Run", after: "Run") -> None:
    """What turned, explained as `check` does, and then what stays."""
    from hklint.cli.output import report_options  # noqa: PLC0415 - only this command
    from hklint_reports.digest.groups import Hosts  # noqa: PLC0415 - the same
    from hklint_reports.digest.stories import Story  # noqa: PLC0415 - the same
    from hklint_reports.terminal.blocks import verdict_block  # noqa: PLC0415 - the same
    from hklint_reports.terminal.page import (  # noqa: PLC0415 - the same
        Page,
        print_lines,
        signs_for,
    )
    from hklint_reports.text import counted, visible  # noqa: PLC0415 - the same

    pairs = list(zip(_host(before).verdicts, _host(after).verdicts, strict=True))
    turned = [(was, now) for was, now in pairs if was.outcome is not now.outcome]
    page = Page(after, report_options(sys.stdout), signs_for(sys.stdout))
    click.echo(f"{counted(len(turned), 'verdict')} of {len(pairs)} would turn:")
    for was, now in turned:
        click.echo(f"\n{_turn(was, now)}")
        story = Story((now,), Hosts(1, [_host(after).host]))
        print_lines(verdict_block(page, story), sys.stdout, color=page.options.color)
    click.echo("\nAs before:")
    for was, now in pairs:
        if was.outcome is now.outcome:
            click.echo(f"  {visible(now.name)}: {now.outcome.replace('_', ' ')}")


def _turn(was: "Verdict", now: "Verdict") -> str:
    from hklint_reports.text import visible  # noqa: PLC0415 - only this command

    before, after = was.outcome.replace("_", " "), now.outcome.replace("_", " ")
    return f"{visible(now.name)}: {before} -> {after}"


def _host(run: "Run") -> "HostResult":
    return next(iter(run.hosts))
