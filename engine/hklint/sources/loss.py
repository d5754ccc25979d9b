"""What closing a session tells of the trouble before it: whether the host restarted, or is down."""

from hklint.failure import Failure, Reason
from hklint.sources.psrp.carrier import Closing

_LOST = frozenset({Reason.CONNECTION_LOST, Reason.CONNECTION_REFUSED, Reason.NO_ROUTE})
_RESTARTED = frozenset({Closing.UNKNOWN_SESSION, Closing.NO_SERVICE})

_EVIDENCE = {
    Closing.CLOSED_AFRESH: "on a new connection it answers, and the session was still there",
    Closing.UNKNOWN_SESSION: "it answers, and no longer knows the session",
    Closing.NO_SERVICE: "it answers, but its WinRM service is starting or stopped (HTTP 503)",
    Closing.NO_ANSWER: "it does not answer any more",
}


def explained(failure: Failure, closing: Closing | None) -> Failure:
    """A failure in mid-session, with what closing the session told about the host.

    A connection that could not be made again was lost, and is not one that was never there.
    A host that knows no such session has ended it: Windows does when it, or its WinRM service,
    restarts. One that does not answer may be down, or the way to it; nothing tells which.
    """
    reason = Reason.CONNECTION_LOST if failure.reason in _LOST else failure.reason
    if reason not in {Reason.CONNECTION_LOST, Reason.TIMED_OUT} or closing not in _EVIDENCE:
        return failure
    if closing in _RESTARTED:
        reason = Reason.HOST_RESTARTED
    return Failure(reason, failure.phase, f"{failure.detail}; {_EVIDENCE[closing]}")
