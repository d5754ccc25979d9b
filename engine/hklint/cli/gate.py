"""hklint gate: go or no-go before an installation."""

from typing import Any

import click

from hklint.cli.auditing import run_audit
from hklint.cli.baseline_options import baseline_option
from hklint.cli.connection_options import connection_options
from hklint.cli.group_options import group_option
from hklint.cli.options import policy_options
from hklint.cli.result_options import result_options
from hklint.cli.sections import SectionCommand
from hklint.cli.since_options import since_option
from hklint.cli.waiver_options import waiver_options

EXAMPLES = """\b
Examples:
  hklint gate ex01 --user 'LAB\\audit' --policy exchange-store-addins && install-the-add-in
  hklint gate ex01.json --profile exchange-2019
  hklint gate ex01.json -p exchange-store-addins --report junit=gate.xml
  hklint gate ex01.json -p exchange-store-addins --waivers waivers/ --expired-waivers fail
  hklint gate ex01.json -p exchange-store-addins --baseline accepted.jsonl
  hklint gate ex01 --user 'LAB\\audit' -p exchange-store-addins --since before.jsonl
"""


@click.command("gate", cls=SectionCommand, epilog=EXAMPLES)
@click.argument("targets", nargs=-1, metavar="TARGET...")
@policy_options
@result_options("medium")
@baseline_option
@since_option
@group_option
@waiver_options
@connection_options
def gate_command(**given: Any) -> int:  # noqa: ANN401 - click's options
    """Say go or no-go before something is installed on a host.

    The gate is open (exit code 0) only if every host was reached, every policy judged something on
    each of them, and no rule of the severity that counts failed or is unknown. What a
    waiver accepts does not count; the first line names the waivers.
    """
    return run_audit("gate", given)
