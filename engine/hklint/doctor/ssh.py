"""The way to a host by SSH, up to the logon, as the user's `ssh` would go it."""

import subprocess
import time
from collections.abc import Iterator, Mapping

from hklint.doctor.examination import Finding, Step, failed, not_used, passed
from hklint.doctor.guard import Guard, since
from hklint.doctor.name import look_up
from hklint.doctor.place import Place
from hklint.doctor.port import connect, dialling
from hklint.failure import Failure, Reason
from hklint.sources.answer import quote
from hklint.sources.line import LineCutError, Phase
from hklint.sources.options import Options
from hklint.sources.process.program import environment
from hklint.sources.process.ssh import arguments, find_ssh
from hklint.target import SshTarget

_PORT = 22
_BYPASSES = ("proxyjump", "proxycommand")
"""Settings with which `ssh` does not connect to the host itself (ssh_config(5))."""


def steps(target: SshTarget, options: Options, guard: Guard) -> Iterator[Finding]:
    """Program, name and port, up to where the way ends."""
    finding, settings = _program(target, options, guard)
    yield finding
    if settings is None:
        return
    other_way = next((settings[name] for name in _BYPASSES if name in settings), None)
    if other_way is not None:
        yield not_used(Step.NAME, f"not looked up here: ssh goes by {quote(other_way)}")
        yield not_used(Step.PORT, "not tried from here")
        return
    place = Place(settings.get("hostname", target.host), int(settings.get("port", _PORT)))
    finding, addresses = look_up(place, options, guard)
    yield finding
    if addresses:
        yield connect(place, addresses, dialling(guard), options, guard, {})[0]


def _program(
    target: SshTarget, options: Options, guard: Guard
) -> tuple[Finding, Mapping[str, str] | None]:
    """Which `ssh` there is, and how it is configured for the host; it connects to nothing yet."""
    started = time.monotonic()
    variables = environment()
    ssh = find_ssh(variables)
    if ssh is None:
        return _missing("ssh is not in PATH: install the OpenSSH client"), None

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - the user's own ssh
            [ssh, *words],
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=options.connect_timeout,
            check=False,
        )

    try:
        version = guard.run(lambda: run("-V"), options.connect_timeout)
        settings = guard.run(
            lambda: run("-G", *arguments(target, options)), options.connect_timeout
        )
    except LineCutError:
        return failed(Step.PROGRAM, guard.ended("ssh")), None
    except (OSError, subprocess.TimeoutExpired) as error:
        return _missing(f"{ssh} cannot be started: {type(error).__name__}"), None
    if settings.returncode != 0:
        return _missing(quote(f"ssh says: {settings.stderr}")), None
    details = {"path": ssh, "version": quote(version.stderr)}
    pairs = (line.partition(" ") for line in settings.stdout.splitlines())
    known = {name: value for name, _, value in pairs}
    shown = {"hostname": "hostname", "port": "port", "login": "user"}
    details |= {name: quote(known.get(setting, "")) for name, setting in shown.items()}
    seconds = since(started)
    return passed(Step.PROGRAM, f"{ssh}, {details['version']}", seconds, details), known


def _missing(detail: str) -> Finding:
    return failed(Step.PROGRAM, Failure(Reason.TRANSPORT_MISSING, Phase.PREPARING, detail))
