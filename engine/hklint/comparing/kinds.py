"""What becomes of a verdict, by what the two runs say of it."""

from hklint.comparison import Kind, State

_FAILED = frozenset({State.FAIL, State.WAIVED})
_WAIVED = frozenset({State.WAIVED, State.UNKNOWN_WAIVED})
_NOT_KNOWN = frozenset({State.UNKNOWN, State.NOT_REACHED})
_NOT_THERE = frozenset({State.ABSENT, State.NOT_REACHED})


def kind(was: State, now: State) -> Kind:
    """The kind of change on a host that the later run has judged."""
    match now:
        case State.FAIL:
            return _failing(was)
        case State.UNKNOWN | State.NOT_REACHED:
            return _unknown(was)
        case State.WAIVED | State.UNKNOWN_WAIVED:
            return Kind.STILL_WAIVED if was in _WAIVED else Kind.NEWLY_WAIVED
        case State.PASS:
            return _passing(was)
        case State.NOT_APPLICABLE:
            if was in _NOT_THERE:
                return Kind.APPEARED
            return Kind.UNCHANGED if was is State.NOT_APPLICABLE else Kind.APPLIES_NO_MORE
        case State.ABSENT:
            return Kind.GONE


def _failing(was: State) -> Kind:
    if was is State.FAIL:
        return Kind.STILL_FAILING
    return Kind.WAIVER_ENDED if was is State.WAIVED else Kind.NEWLY_FAILING


def _unknown(was: State) -> Kind:
    """A host that was not reached before was not known either."""
    if was in _NOT_KNOWN:
        return Kind.STILL_UNKNOWN
    return Kind.WAIVER_ENDED if was is State.UNKNOWN_WAIVED else Kind.NEWLY_UNKNOWN


def _passing(was: State) -> Kind:
    if was in _FAILED:
        return Kind.FIXED
    if was is State.ABSENT:
        return Kind.APPEARED
    return Kind.UNCHANGED if was is State.PASS else Kind.NEWLY_PASSING
