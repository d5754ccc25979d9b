"""hklint gate: go or no-go before an installation."""

from pathlib import Path
from typing import Any

import click

from hklint.cli.auditing import run_audit
from hklint.cli.check import wanted
from hklint.cli.options import connection_options, policy_options
from hklint.verdict import SEVERITIES

EXAMPLES = """\b
Examples:
  hklint gate ex01 --user 'LAB\\audit' --policy exchange-store-addins && install-the-add-in
  hklint gate ex01.json -p exchange-store-addins --report junit=gate.xml
"""


@click.command("gate", epilog=EXAMPLES)
@click.argument("targets", nargs=-1, metavar="TARGET...")
@policy_options
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="medium",
    show_default=True,
    help="The mildest severity that shuts the gate.",
)
@click.option(
    "--allow-unknown",
    is_flag=True,
    help="Let unknown verdicts through. A host that was not reached shuts the gate all the same.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FORMAT[=PATH]",
    help="terminal, jsonl, junit or sarif; without a path to standard output. Repeatable.",
)
@click.option(
    "--record",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the run in this file.",
)
@connection_options
@click.option("--quiet", "-q", is_flag=True, help="Only the tally.")
def gate_command(**given: Any) -> int:  # noqa: ANN401 - click's options
    """Say go or no-go before something is installed on a host.

    The gate is open (exit code 0) only if every host was reached, something was judged on each, and
    no rule of the severity that counts failed or is unknown.
    """
    return run_audit(wanted("gate", given), **given)
