"""What `check` and `gate` have in common: ask the hosts, judge, record, report."""

import logging
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any, cast

from hklint.cli.baseline_options import with_baseline
from hklint.cli.connection_options import COMMAND_OPTION, connection
from hklint.cli.group_options import with_groups
from hklint.cli.options import load_library, parse_targets
from hklint.cli.output import wants_color
from hklint.cli.reporting import asked_for, check_checklist, parse_reports, write_new_reports
from hklint.cli.since_options import with_since
from hklint.cli.spool import Spool
from hklint.cli.waiver_options import waiving, with_waivers
from hklint.exit_code import Exit, worst
from hklint.run import HostResult, Run
from hklint.tally import Tally

if TYPE_CHECKING:
    from hklint.fleet import Recorded
    from hklint.linking.library import Library
    from hklint.sources import Options
    from hklint.target import Askable
    from hklint.verdict import Severity

_STDERR = 2
"""Written to directly by the signal handler, which may interrupt a write to `sys.stderr`."""


def run_audit(command: str, given: Mapping[str, Any]) -> Exit:
    """Runs the whole way from targets to reports, and returns the exit code.

    `given` has the options as click hands them over. Everything that can be wrong with the command
    line and the policies is found before the first host is asked.
    """
    from hklint import audit  # noqa: PLC0415 - with all it needs, only when hosts are asked

    set_up_logging(given["verbose"])
    options = connection(**given)
    targets = parse_targets(given["targets"], options)
    destinations = parse_reports(given["reports"], given["record"])
    shown = asked_for(given)
    library = load_library(given)
    header = audit.header(
        library,
        command,
        tuple(_without_secrets(sys.argv[1:])),
        targets=len(targets),
        fail_on=cast("Severity", given["fail_on"]),
        allow_unknown=given["allow_unknown"],
    )
    header = with_waivers(header, library, given)
    header, compared = with_baseline(header, given)
    header, told = with_since(header, library, given)
    header, grouped = with_groups(header, library, targets, given)
    marked = waiving(header)
    check_checklist(header, destinations, given, shown)
    total = Tally(header)
    with closing(Spool()) as hosts:
        for position, result in grouped(_ask(targets, library, options, given["jobs"])):
            total.add(result := compared(marked(told(result))))
            hosts.add(position, result)
        run = Run.counted(total, hosts, audit.summary(total))
        return worst([Exit(run.summary.exit_code), write_new_reports(run, destinations, shown)])


def _without_secrets(arguments: Iterable[str]) -> Iterator[str]:
    """A command line as it may be kept: without the password command, which may hold a secret."""
    hidden = False
    for word in arguments:
        option, is_one, _ = word.partition("=")
        known = option == COMMAND_OPTION
        yield "***" if hidden else f"{option}=***" if known and is_one else word
        hidden = known and not is_one


def _ask(
    targets: "Sequence[Askable | Recorded]", library: "Library", options: "Options", jobs: int
) -> Iterator[tuple[int, HostResult]]:
    """Asks and judges all hosts; results come as they are ready, with the place of their target."""
    from hklint import audit  # noqa: PLC0415 - imported by the caller already
    from hklint.fleet import gather  # noqa: PLC0415 - the same
    from hklint.judging.plan import facts_needed  # noqa: PLC0415 - the same

    policies = list(library.policies.values())
    facts = facts_needed(policies)
    ask_for_passwords(targets, options)
    with stopping(options), progress(len(targets)) as advance:
        for gathered in gather(targets, facts, options, jobs):
            yield gathered.position, audit.host_result(gathered, policies)
            advance()


def ask_for_passwords(targets: "Sequence[Askable | Recorded]", options: "Options") -> None:
    """Asks people and commands for passwords now, so that no worker does in mid-run."""
    from hklint.target import WsmanTarget  # noqa: PLC0415 - only when hosts are asked

    if options.authentication == "certificate":
        return
    ticket = options.authentication == "kerberos"
    with _ended_as_by_ctrl_c():
        for target in targets:
            user = (target.user or options.user) if isinstance(target, WsmanTarget) else None
            if user is not None and isinstance(target, WsmanTarget):
                options.passwords.find(user, target.host, ask=not ticket)


@contextmanager
def _ended_as_by_ctrl_c() -> Generator[None]:
    """SIGTERM ends what was started, and gives the terminal of a prompt its echo back."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def stopping(options: "Options") -> Generator[None]:
    """Ctrl-C and SIGTERM end the conversations with hosts; a second Ctrl-C ends the process."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        options.cancellation.cancel()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        below = b"\n" if os.isatty(_STDERR) else b""  # a terminal shows what was typed
        os.write(_STDERR, below + b"Stopping: closing the sessions on the hosts ...\n")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def progress(total: int) -> Generator[Callable[[], None]]:
    """A progress bar on a terminal, and nothing elsewhere; yields what to call for each host."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console  # noqa: PLC0415 - slow to import, only on a terminal
    from rich.progress import (  # noqa: PLC0415 - the same
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True, no_color=not wants_color(sys.stderr)),
        transient=True,
    )
    with bar:
        task = bar.add_task("asking hosts", total=total)
        yield lambda: bar.advance(task)


def set_up_logging(verbosity: int) -> None:
    """Warnings by default, hklint's own steps with -vv; never what libraries log about the wire."""
    level = logging.DEBUG if verbosity > 1 else logging.WARNING
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("hklint").setLevel(level)
