"""hklint snapshot: read a host's facts into a file."""

from pathlib import Path
from typing import Any

import click

from hklint.cli.auditing import ask_for_passwords, progress, set_up_logging, stopping
from hklint.cli.connection_options import connection, connection_options
from hklint.cli.options import load_library, parse_targets, policy_options
from hklint.cli.output import SCREEN, atomic, check_writable
from hklint.cli.sections import SectionCommand, SectionOption
from hklint.errors import UsageError
from hklint.exit_code import Exit
from hklint.failure import ADVICE, MEANING, Failure, Reason
from hklint.url import origin_of
from hklint_reports.text import visible

EXAMPLES = """\b
Examples:
  hklint snapshot ex01 --user 'LAB\\audit' -p exchange-store-addins -o ex01.json
  hklint snapshot ex01 --user 'LAB\\audit' --profile exchange-2019 -o ex01.json
  hklint check ex01.json -p exchange-store-addins
"""


@click.command("snapshot", cls=SectionCommand, epilog=EXAMPLES)
@click.argument("target")
@policy_options
@click.option(
    "--output",
    "-o",
    cls=SectionOption,
    section="What is written",
    required=True,
    metavar="FILE",
    help="Where the snapshot goes; - is standard output.",
)
@connection_options
def snapshot_command(target: str, output: str, **given: Any) -> int:  # noqa: ANN401 - click's options
    """Read what the policies ask of a host into a file: the evidence, without any judgement.

    TARGET is a host, written as for `hklint check`. `hklint check FILE` judges the file later,
    without the host.
    """
    from hklint.fleet import Recorded, gather  # noqa: PLC0415 - only when a host is asked
    from hklint.judging.plan import facts_needed  # noqa: PLC0415 - the same
    from hklint.sources.recorded import write_snapshot  # noqa: PLC0415 - the same

    set_up_logging(given["verbose"])
    options = connection(**given)
    targets = parse_targets([target], options)
    if isinstance(targets[0], Recorded):
        raise UsageError(f"{target}: this is a snapshot already; name a host")
    if output != SCREEN:
        check_writable(Path(output))
    library = load_library(given)
    facts = facts_needed(library.policies.values())
    ask_for_passwords(targets, options)
    with stopping(options), progress(1):
        (gathered,) = gather(targets, facts, options, 1)
    result = gathered.result
    if isinstance(result, Failure):
        click.echo(failure_text(gathered.name, result), err=True)
        return Exit.BUG if result.reason is Reason.INTERNAL_ERROR else Exit.UNDETERMINED
    for url in result.not_requested:
        text = f"Not requested: {url}. To have hosts request it: --allow-url {origin_of(url)}"
        click.echo(text, err=True)
    if output == SCREEN:
        click.echo(write_snapshot(result), nl=False)
    else:
        with atomic(Path(output)) as stream:
            stream.write(write_snapshot(result))
        click.echo(f"Written: {output}", err=True)
    return Exit.PASSED


def failure_text(name: str, failure: Failure) -> str:
    """What happened to the one host that was asked, and what to do."""
    what = f"Error: {name}: {MEANING[failure.reason]} ({failure.phase}: {failure.detail})"
    more = (
        f"To see what to check: hklint explain failure {failure.reason}\n"
        "To see where the way ends: hklint doctor, with the same target and options"
    )
    return f"{visible(what, len(what))}\n{ADVICE[failure.reason]}\n{more}"
