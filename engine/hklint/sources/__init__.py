"""Sources: where the answers to a collector's request come from.

The seam is small: a source takes a target and a request of the collector's contract, and gives
back the collector's answer or a failure. It knows no policy and judges nothing.
"""

import logging
import traceback
from collections.abc import Mapping

from hklint.failure import Failure, Reason
from hklint.sources.answered import Answered
from hklint.sources.cancellation import Cancellation
from hklint.sources.options import Authentication, Options, objection
from hklint.target import PsrpTarget

__all__ = ["Answered", "Authentication", "Cancellation", "Options", "collect", "objection"]

_log = logging.getLogger(__name__)


def collect(
    target: PsrpTarget, request: Mapping[str, object], options: Options
) -> Answered | Failure:
    """Ask one host, once, for everything in `request`.

    Whatever goes wrong is a `Failure`; only KeyboardInterrupt leaves this function, and then the
    host has been told to close the session. Safe to call from several threads.
    """
    from hklint.sources.psrp import collect_over_psrp  # noqa: PLC0415 - pypsrp takes 0.15 s to import

    try:
        return collect_over_psrp(target, request, options)
    except Exception as error:  # noqa: BLE001 - one host's trouble never ends the others' run
        frame = traceback.extract_tb(error.__traceback__)[-1]
        _log.debug("a bug while asking %s: %s:%s", target.host, frame.name, frame.lineno)
        return Failure(Reason.INTERNAL_ERROR, "asking the host", type(error).__name__)
