"""hklint waivers: what is accepted, by whom, and for how much longer."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from hklint.cli.options import policy_options
from hklint.cli.waiver_options import end_options
from hklint.clock import now
from hklint.exit_code import Exit
from hklint.waiver import Waiver, WaiverState, moment_text, read_moment

EXAMPLES = """\b
Examples:
  hklint waivers waivers/
  hklint waivers waivers/ --warn-days 90
  hklint waivers my-waivers.yaml --policy my-policy.yaml --expired-waivers fail

\b
Exit codes:
  0  every waiver is understood
  1  one has expired (with --expired-waivers fail)
  2  the command line is wrong, or there are no waivers
  3  a waiver is invalid, or names a rule, policy or verdict that is not there
"""
ORDER = (
    WaiverState.EXPIRED,
    WaiverState.EXPIRING,
    WaiverState.NOT_YET_VALID,
    WaiverState.ACTIVE,
)
WORDS: dict[WaiverState, str] = {
    WaiverState.EXPIRED: "expired",
    WaiverState.EXPIRING: "expires soon",
    WaiverState.NOT_YET_VALID: "not yet valid",
    WaiverState.ACTIVE: "in force",
}


@click.command("waivers", epilog=EXAMPLES)
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH...",
)
@policy_options
@end_options
def waivers_command(paths: tuple[Path, ...], **given: Any) -> int:  # noqa: ANN401 - click's options
    """List the waivers in files and folders, those that have expired first, and check them.

    The rules they name have to be those of a policy that comes with hklint, or of one that is named
    here. Which of them a host needs, `hklint check --waivers` tells.
    """
    from hklint.judging.waivers import state  # noqa: PLC0415 - the same
    from hklint.linking.library import load  # noqa: PLC0415 - only here
    from hklint.linking.parameters import parse_settings  # noqa: PLC0415 - the same
    from hklint.linking.waiver_files import read_waivers  # noqa: PLC0415 - the same

    library = load(given["policies"], parse_settings(given["settings"]), given["profiles"])
    waivers = read_waivers(paths, library.rules, every_policy=True).waivers
    moment = read_moment(now())
    states = {waiver: state(waiver, moment, given["warn_days"]) for waiver in waivers}
    for waiver in sorted(waivers, key=lambda one: (ORDER.index(states[one]), one.until)):
        click.echo("\n".join(_lines(waiver, states[waiver], moment)) + "\n")
    found = list(states.values())
    counts = ", ".join(f"{found.count(each)} {WORDS[each]}" for each in ORDER if each in found)
    click.echo(f"{len(found)} waiver{'' if len(found) == 1 else 's'}: {counts}.")
    expired = WaiverState.EXPIRED in found
    return Exit.FAILED if expired and given["expired_waivers"] == "fail" else Exit.PASSED


def _lines(waiver: Waiver, state: WaiverState, moment: datetime) -> Iterator[str]:
    from hklint_reports.text import visible  # noqa: PLC0415 - only here
    from hklint_reports.waiving import time_of  # noqa: PLC0415 - the same

    yield f"{WORDS[state].upper()}  {visible(waiver.id)}: {time_of(waiver, state, moment)}"
    fields = (
        ("rule", waiver.rule + (f" of policy {waiver.policy}" if waiver.policy else "")),
        ("hosts", ", ".join(waiver.hosts) + (" (every host)" if waiver.everywhere else "")),
        ("waives", "failed and unknown verdicts" if waiver.unknown else "failed verdicts"),
        ("time", f"{moment_text(waiver.valid_from)} to {moment_text(waiver.until)}"),
        ("reason", waiver.reason),
        ("owner", waiver.owner),
        ("approver", waiver.approver),
        ("ticket", waiver.ticket),
        ("at", f"{waiver.span.path}:{waiver.span.line}"),
    )
    yield from (f"    {label:10}{visible(text)}" for label, text in fields)
