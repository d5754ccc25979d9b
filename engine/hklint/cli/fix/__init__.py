"""hklint fix: the files that would put hosts right, and back."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hklint.cli.auditing import ask_for_passwords, progress, set_up_logging, stopping
from hklint.cli.connection_options import connection, connection_options
from hklint.cli.folder import check_folder
from hklint.cli.options import load_library, parse_targets, policy_options
from hklint.cli.sections import SectionCommand, SectionOption
from hklint.cli.waiver_options import waivers_option, waiving, with_waivers
from hklint.errors import UsageError
from hklint.exit_code import Exit, worst
from hklint.run import HostResult
from hklint.verdict import Outcome

if TYPE_CHECKING:
    from hklint.fix import HostFix
    from hklint.linking.library import Library

EXAMPLES = """\b
Examples:
  hklint fix ex01.json --policy exchange-store-addins -o fixes
  hklint fix run.jsonl --policy exchange-store-addins -o fixes
  hklint fix ex01 ex02 --user 'LAB\\audit' --profile exchange-2019 -o fixes
"""
RUN_SUFFIX = ".jsonl"


@click.command("fix", cls=SectionCommand, epilog=EXAMPLES)
@click.argument("sources", nargs=-1, metavar="SOURCE...")
@policy_options
@click.option(
    "--output",
    "-o",
    "folder",
    cls=SectionOption,
    section="What is written",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where the files go: a new folder, or an empty one.",
)
@click.option(
    "--host",
    "only",
    multiple=True,
    cls=SectionOption,
    section="What is written",
    metavar="HOST",
    help="Only for this host of a recorded run. Repeatable.",
)
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1, max=256),
    metavar="NUMBER",
    default=16,
    show_default=True,
    help="Hosts asked at the same time.",
)
@waivers_option
@connection_options
def fix_command(folder: Path, **given: Any) -> int:  # noqa: ANN401 - click's options
    """Write the smallest change that makes failed rules pass, and the way back. Nothing is applied.

    SOURCE is a recorded run (RUN.jsonl), or a snapshot file or a host as for `hklint check`.

    hklint never changes a host: it writes files, which you read, test and apply. The change is
    proved by judging the facts as they would be with it. Hosts that need the same share one folder.
    """
    from hklint.cli.fix.writing import write_fixes  # noqa: PLC0415 - only when fixes are wanted
    from hklint.fixing.derive import Deriver  # noqa: PLC0415 - the same
    from hklint.sources.recorded import snapshot_from_document  # noqa: PLC0415 - the same

    set_up_logging(given["verbose"])
    check_folder(folder)
    library = load_library(given)
    deriver = Deriver(list(library.policies.values()))
    found: list[HostFix] = []
    codes: set[Exit] = set()
    for result in _results(library, given):
        if result.failure is not None or result.snapshot is None:
            click.echo(f"{result.host}: not reached, so nothing is known to fix.", err=True)
            codes.add(Exit.UNDETERMINED)
            continue
        snapshot = snapshot_from_document(result.snapshot, result.host)
        waived = {f"{it.policy}: {it.name}" for it in result.verdicts if it.waiver is not None}
        found.append(derived := deriver.derive(snapshot, waived))
        codes.update(_codes(derived))
    if not found:
        codes.add(Exit.UNDETERMINED)
    write_fixes(found, folder)
    return worst(codes)


def _codes(found: "HostFix") -> Iterator[Exit]:
    """What is left counts, but for what was accepted and for requests, which no file answers."""
    for item in found.left:
        if item.why not in {"waived", "live-request"}:
            yield Exit.FAILED if item.outcome is Outcome.FAIL else Exit.UNDETERMINED


def _results(library: "Library", given: Mapping[str, Any]) -> Iterator[HostResult]:
    """The hosts of recorded runs, and those that are asked now, judged by the policies."""
    runs = [Path(text) for text in given["sources"] if text.endswith(RUN_SUFFIX)]
    targets = [text for text in given["sources"] if not text.endswith(RUN_SUFFIX)]
    if given["only"] and not runs:
        raise UsageError("--host names a host of a recorded run, and no SOURCE is one")
    marked = _waiving(library, given)
    for path in runs:
        yield from map(marked, _recorded(path, given["only"]))
    if targets or not runs:
        yield from map(marked, _asked(targets, library, given))


def _waiving(library: "Library", given: Mapping[str, Any]) -> Callable[[HostResult], HostResult]:
    """What marks a host's verdicts with the waivers given; a recorded run keeps its own as well."""
    from hklint import audit  # noqa: PLC0415 - with all it needs, only when fixes are wanted

    if not given["waiver_paths"]:
        return lambda result: result
    header = audit.header(library, "fix", (), targets=0, fail_on="info", allow_unknown=False)
    return waiving(with_waivers(header, library, given))


def _recorded(path: Path, only: tuple[str, ...]) -> Iterator[HostResult]:
    from hklint_reports.json_lines import open_run  # noqa: PLC0415 - only for recorded runs

    wanted = set(only)
    try:
        for result in open_run(path).hosts:
            if not only or result.host in only:
                wanted.discard(result.host)
                yield result
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}") from None
    if wanted:
        raise UsageError(f"{path}: the run has no host {', '.join(sorted(wanted))}")


def _asked(texts: list[str], library: "Library", given: Mapping[str, Any]) -> Iterator[HostResult]:
    from hklint import audit  # noqa: PLC0415 - with all it needs, only when hosts are asked
    from hklint.fleet import gather  # noqa: PLC0415 - the same
    from hklint.judging.plan import facts_needed  # noqa: PLC0415 - the same

    options = connection(**given)
    targets = parse_targets(texts, options)
    policies = list(library.policies.values())
    ask_for_passwords(targets, options)
    with stopping(options), progress(len(targets)) as advance:
        for gathered in gather(targets, facts_needed(policies), options, given["jobs"]):
            yield audit.host_result(gathered, policies)
            advance()
