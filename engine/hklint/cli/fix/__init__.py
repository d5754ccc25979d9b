"""hklint fix: the files that would put hosts right, and back."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hklint.cli.auditing import set_up_logging
from hklint.cli.connection_options import connection_options
from hklint.cli.folder import check_folder
from hklint.cli.options import policy_options
from hklint.cli.sections import SectionCommand, SectionOption
from hklint.cli.waiver_options import waivers_option
from hklint.errors import places
from hklint.exit_code import Exit, worst
from hklint.failure import Reason
from hklint.run import HostResult
from hklint.verdict import Outcome
from hklint_reports.text import visible

if TYPE_CHECKING:
    from hklint.fix import HostFix
    from hklint.fixing.derive import Deriver

_log = logging.getLogger(__name__)

EXAMPLES = """\b
Examples:
  hklint fix run.jsonl -o fixes
  hklint fix ex01.json --policy exchange-store-addins -o fixes
  hklint fix ex01 ex02 --user 'LAB\\audit' --profile exchange-2019 -o fixes
"""


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

    SOURCE is a recorded run (RUN.jsonl), or a snapshot file or a host as for `hklint check`. A run
    is judged by the policies it was made with, unless others are named.

    hklint never changes a host: it writes files, which you read, test and apply. The change is
    proved by judging the facts as they would be with it. Hosts that need the same share one folder.
    """
    from hklint.cli.fix.judged import judged  # noqa: PLC0415 - only when fixes are wanted
    from hklint.cli.fix.writing import write_fixes  # noqa: PLC0415 - the same
    from hklint.fixing.derive import Deriver  # noqa: PLC0415 - the same

    set_up_logging(given["verbose"])
    check_folder(folder)
    found: list[HostFix] = []
    codes: set[Exit] = set()
    for library, results in judged(given):
        deriver = Deriver(list(library.policies.values()))
        for result in results:
            derived = _derived(deriver, result)
            if isinstance(derived, Exit):
                codes.add(derived)
            else:
                found.append(derived)
                codes.update(_codes(derived))
    if not found:
        codes.add(Exit.UNDETERMINED)
    write_fixes(found, folder)
    return worst(codes)


def _derived(deriver: "Deriver", result: HostResult) -> "HostFix | Exit":
    """A host's fix, or how the command ends because there is none; a bug ends no other host's."""
    from hklint.sources.recorded import snapshot_from_document  # noqa: PLC0415 - as the others

    if result.failure is not None or result.snapshot is None:
        click.echo(f"{visible(result.host)}: not reached, so nothing is known to fix.", err=True)
        bug = result.failure is not None and result.failure.reason is Reason.INTERNAL_ERROR
        return Exit.BUG if bug else Exit.UNDETERMINED
    snapshot = snapshot_from_document(result.snapshot, result.host)
    waived = {f"{it.policy}: {it.name}" for it in result.verdicts if it.waiver is not None}
    try:
        return deriver.derive(snapshot, waived)
    except Exception as error:  # noqa: BLE001 - one host's trouble never ends the others' fixes
        way = places(error)
        _log.debug("a bug while deriving a fix for %s: %s", visible(result.host), " > ".join(way))
        click.echo(
            f"{visible(result.host)}: no fix, hklint has a bug: {type(error).__name__} at "
            f"{way[-1]}. Please report it with this line and the command.",
            err=True,
        )
        return Exit.BUG


def _codes(found: "HostFix") -> Iterator[Exit]:
    """What is left counts, but for what was accepted and what no file of one host can answer."""
    for item in found.left:
        if item.why not in {"waived", "live-request", "group"}:
            yield Exit.FAILED if item.outcome is Outcome.FAIL else Exit.UNDETERMINED
