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

from hklint import collector
from hklint.failure import Failure, Reason
from hklint.snapshot import Source
from hklint.sources.answered import Answered, Held
from hklint.sources.cancellation import Cancellation
from hklint.sources.line import Phase
from hklint.sources.options import Authentication, Options, objection
from hklint.target import HostTarget, LocalTarget, SshTarget, WsmanTarget

__all__ = ["Answered", "Authentication", "Cancellation", "Options", "collect", "objection"]

_KINDS = {WsmanTarget: "psrp", SshTarget: "ssh", LocalTarget: "local"}

_log = logging.getLogger(__name__)


def collect(
    target: HostTarget, request: Mapping[str, object], options: Options
) -> Answered | Failure:
    """Ask one host for everything in `request`.

    Whatever goes wrong is a `Failure`; only KeyboardInterrupt leaves this function, and then the
    host has been told to close the session. Safe to call from several threads.
    """
    started = time.monotonic()
    try:
        held = _ask(target, json.dumps(request, sort_keys=True), options)
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
        transport=held.transport,
        collector_sha256=collector.sha256(),
    )
    return Answered(held.result, source, time.monotonic() - started)


def _ask(target: HostTarget, request: str, options: Options) -> Held:
    if options.cancellation.cancelled:
        failure = Failure(Reason.CANCELLED, Phase.PREPARING, f"{target.host} was not asked")
        return Held(failure)
    match target:
        case WsmanTarget():
            from hklint.sources import wsman  # noqa: PLC0415 - pypsrp takes 0.15 s to import

            return wsman.ask(target, request, options, options.deadline)
        case SshTarget() | LocalTarget():
            raise NotImplementedError
