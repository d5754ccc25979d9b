"""hklint check: judge hosts by policies."""

from pathlib import Path
from typing import Any, cast

import click

from hklint.cli.auditing import Wanted, run_audit
from hklint.cli.options import connection_options, policy_options
from hklint.verdict import SEVERITIES, Severity

EXAMPLES = """\b
Examples:
  hklint check ex01 --user 'LAB\\audit' --policy exchange-store-addins
  hklint check psrps://audit@ex01 psrps://audit@ex02 -p exchange-store-addins --ca corp-ca.pem
  hklint check ex01.json -p my-policy.yaml --report sarif=hklint.sarif --report junit=junit.xml
"""


@click.command("check", epilog=EXAMPLES)
@click.argument("targets", nargs=-1, metavar="TARGET...")
@policy_options
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
    help="Keep the run in this file, so that `hklint report` can make reports from it later.",
)
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="info",
    show_default=True,
    help="The mildest severity that counts for the exit code.",
)
@click.option(
    "--allow-unknown", is_flag=True, help="Unknown verdicts don't count for the exit code."
)
@connection_options
@click.option("--quiet", "-q", is_flag=True, help="Only the tally.")
def check_command(**given: Any) -> int:  # noqa: ANN401 - click's options
    """Judge hosts by policies, and explain every verdict.

    TARGET is psrp://[user@]host[:port], psrps://... for TLS, a host name, or a snapshot file. The
    password comes from HKLINT_PASSWORD, the keyring, or a prompt; never from the command line.
    """
    return run_audit(wanted("check", given), **given)


def wanted(command: str, given: dict[str, Any]) -> Wanted:
    """What the options say about the run, apart from how hosts are reached."""
    return Wanted(
        command,
        given["targets"],
        given["policies"],
        given["settings"],
        given["reports"],
        given["record"],
        cast("Severity", given["fail_on"]),
        given["allow_unknown"],
        given["quiet"],
    )
