"""Sources: where the answers to a collector's request come from.

The seam is small: a source takes a target and a request of the collector's contract, and gives
back the collector's answer or a failure. It knows no policy and judges nothing. The transports are
one room each: `wsman` and `process`; what they carry is in `psrp`.
"""

import json
import logging
import time
import traceback
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext

from hklint import collector
from hklint.failure import Failure, Reason
from hklint.snapshot import Source
from hklint.sources import reg_file
from hklint.sources.answered import Answered, Held
from hklint.sources.attempts import in_attempts
from hklint.sources.cancellation import Cancellation
from hklint.sources.line import Phase
from hklint.sources.objections import objection
from hklint.sources.options import Authentication, Options
from hklint.target import (
    Askable,
    HostTarget,
    LocalTarget,
    RegFileTarget,
    SshTarget,
    WsmanTarget,
)

__all__ = ["Answered", "Authentication", "Cancellation", "Options", "collect", "objection"]

_KINDS = {WsmanTarget: "psrp", SshTarget: "ssh", LocalTarget: "local"}

_log = logging.getLogger(__name__)


def collect(target: Askable, request: Mapping[str, object], options: Options) -> Answered | Failure:
    """Ask one host for everything in `request`.

    Whatever goes wrong is a `Failure`; only KeyboardInterrupt leaves this function, and then the
    host has been told to close the session. A host that has answered nothing is asked again where
    that is safe. Safe to call from several threads.
    """
    if isinstance(target, RegFileTarget):
        return reg_file.answered(target, request, options)
    try:
        message = json.dumps(request, sort_keys=True)
        with _offering(target, options):
            started = time.monotonic()
            held = in_attempts(lambda seconds: _ask(target, message, options, seconds), options)
    except Exception as error:  # noqa: BLE001 - one host's trouble never ends the others' run
        frame = traceback.extract_tb(error.__traceback__)[-1]
        _log.debug("a bug while asking %s: %s:%s", target.host, frame.name, frame.lineno)
        return Failure(Reason.INTERNAL_ERROR, "asking the host", type(error).__name__)
    if isinstance(held.result, Failure):
        return held.result
    source = Source(
        kind=_KINDS[type(target)],
        target=target.text,
        account=held.account,
        transport=_transport(target, held, options),
        collector_sha256="" if held.by_function else collector.sha256(),
    )
    return Answered(held.result, source, time.monotonic() - started)


def _offering(target: HostTarget, options: Options) -> AbstractContextManager[None]:
    """The time in which a host may refuse an account; SSH and this computer get no password."""
    user = (target.user or options.user) if isinstance(target, WsmanTarget) else None
    if user is None or options.authentication == "certificate":
        return nullcontext()
    return options.passwords.offering(user, lambda: options.cancellation.cancelled)


def _transport(target: HostTarget, held: Held, options: Options) -> str:
    if not held.by_function:
        return held.transport
    function = f"{held.transport}, function {collector.FUNCTION}"
    over_winrm = isinstance(target, WsmanTarget)
    return f"{function} of endpoint {options.configuration}" if over_winrm else function


def _ask(target: HostTarget, request: str, options: Options, deadline: float) -> Held:
    if options.cancellation.cancelled:
        failure = Failure(Reason.CANCELLED, Phase.PREPARING, f"{target.host} was not asked")
        return Held(failure)
    match target:
        case WsmanTarget():
            from hklint.sources import wsman  # noqa: PLC0415 - pypsrp takes 0.15 s to import

            return wsman.ask(target, request, options, deadline)
        case SshTarget():
            from hklint.sources.process import ssh  # noqa: PLC0415 - the same

            return ssh.ask(target, request, options, deadline)
        case LocalTarget():
            from hklint.sources.process import local  # noqa: PLC0415 - the same

            return local.ask(target, request, options, deadline)
