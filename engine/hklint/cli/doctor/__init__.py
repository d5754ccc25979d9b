"""hklint doctor: walk the way to a host step by step."""

import json
from typing import TYPE_CHECKING, Any

import click
import msgspec

from hklint.cli.auditing import ask_for_passwords, set_up_logging, stopping
from hklint.cli.connection_options import connection, connection_options
from hklint.cli.options import parse_targets
from hklint.cli.sections import SectionCommand
from hklint.errors import UsageError
from hklint.exit_code import Exit
from hklint.failure import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hklint.cli.doctor.screen import Screen
    from hklint.doctor.examination import Finding
    from hklint.sources import Options
    from hklint.target import HostTarget

EXAMPLES = """\b
Examples:
  hklint doctor ex01.contoso.example --user 'CONTOSO\\audit'
  hklint doctor psrps://ex01.contoso.example --user 'CONTOSO\\audit' --ca contoso-ca.pem
  hklint doctor ex01 --user 'CONTOSO\\audit' --auth kerberos --configuration hklint
  hklint doctor ssh://audit@ex01
  hklint doctor local:
  hklint doctor ex01 --user 'CONTOSO\\audit' --json > ex01-doctor.json

\b
Exit codes:
  0  everything works
  2  the command line is wrong
  4  the way ends at some step
"""


@click.command("doctor", cls=SectionCommand, epilog=EXAMPLES)
@click.argument("target")
@click.option("--json", "as_json", is_flag=True, help="Print the whole examination as JSON.")
@connection_options
def doctor_command(target: str, *, as_json: bool, **given: Any) -> int:  # noqa: ANN401 - click's options
    """Walk the way to a host step by step, and say where it ends and why.

    TARGET is a host's name, psrp://[user@]host[:port], psrps://... for TLS, ssh://... for SSH, or
    local: for this computer. The way leads from the name over port, certificate and logon to the
    script that reads, with the same options as for `hklint check`. Nothing is read on the host, and
    nothing changed. The account is shown to the host only when all steps before the logon are
    passed.
    """
    from hklint.cli.doctor.screen import Screen  # noqa: PLC0415 - only when a host is examined
    from hklint.clock import now  # noqa: PLC0415 - the same
    from hklint.doctor.walk import examined  # noqa: PLC0415 - the same
    from hklint.fleet import Recorded  # noqa: PLC0415 - the same
    from hklint.target import RegFileTarget  # noqa: PLC0415 - the same

    set_up_logging(given["verbose"])
    options = connection(**given)
    (aim,) = parse_targets([target], options)
    if isinstance(aim, Recorded | RegFileTarget):
        raise UsageError(f"{target}: no way leads to a file: name a host")
    screen = Screen(quiet=as_json, verbose=given["verbose"] > 0)
    screen.begin(aim.text)
    started, findings = now(), list["Finding"]()
    for finding in _walk(aim, options, screen):
        findings.append(finding)
        screen.show(len(findings), finding)
    examination = examined(aim, started, findings)
    for number, finding in enumerate(examination.findings[len(findings) :], len(findings) + 1):
        screen.show(number, finding)
    screen.end(examination.conclusion)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(examination), indent=2))
    if examination.conclusion.works:
        return Exit.PASSED
    bug = examination.conclusion.reason is Reason.INTERNAL_ERROR
    return Exit.BUG if bug else Exit.UNDETERMINED


def _walk(target: "HostTarget", options: "Options", screen: "Screen") -> "Iterator[Finding]":
    """All findings up to where the way ends; a password is asked for when the way needs it."""
    from hklint.doctor.walk import reach, session  # noqa: PLC0415 - imported by the caller already

    ended = False
    with stopping(options):
        for finding in screen.waiting(reach(target, options)):
            ended = finding.failure is not None
            yield finding
    if ended:
        return
    ask_for_passwords([target], options)
    with stopping(options):
        yield from screen.waiting(session(target, options))
