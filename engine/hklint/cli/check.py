"""hklint check: judge hosts by policies."""

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
  hklint check ex01 --user 'LAB\\audit' --policy exchange-store-addins
  hklint check psrps://audit@ex01 psrps://audit@ex02 -p exchange-store-addins --ca corp-ca.pem
  hklint check ex01 --user 'LAB\\audit' --profile exchange-2019
  hklint check ssh://audit@ex01 local: --profile member-server-level-1
  hklint check ex01.json --profile my-profile.yaml --set store_url=https://store.corp.example
  hklint check ex01.json -p my-policy.yaml --report sarif=hklint.sarif --report junit=junit.xml
  hklint check ex01.json -p exchange-store-addins --waivers waivers/
"""


@click.command("check", cls=SectionCommand, epilog=EXAMPLES)
@click.argument("targets", nargs=-1, metavar="TARGET...")
@policy_options
@result_options("info")
@baseline_option
@since_option
@group_option
@waiver_options
@connection_options
def check_command(**given: Any) -> int:  # noqa: ANN401 - click's options
    """Judge hosts by policies and profiles, and explain every verdict.

    TARGET is a host's name, psrp://[user@]host[:port], psrps://... for TLS, ssh://... for SSH,
    local: for this computer, a snapshot file, or a .reg file. The password comes from
    HKLINT_PASSWORD, a command, the keyring, or a prompt. If one does not answer, `hklint doctor
    TARGET` says why.
    """
    return run_audit("check", given)
