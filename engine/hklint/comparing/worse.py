"""Whether a run is worse than the one before it."""

from hklint.comparison import Change, Comparison, Kind, State
from hklint.counting import is_severe
from hklint.exit_code import Exit, worst


def exit_code(found: Comparison) -> Exit:
    """The exit code of a comparison.

    It is FAILED if a rule newly fails that counts, or fails now that its waiver has ended;
    UNDETERMINED if one newly can't be judged, a host is not reached that was, or is new and not
    reached, the later run was interrupted, or the runs have no verdict in common. What fails in
    both runs, or is gone, does not make a run worse.
    """
    codes: set[Exit] = set()
    for change in found.changes:
        if is_severe(change.severity, found.fail_on):
            codes.update(_codes(change, allow_unknown=found.allow_unknown))
    silent = found.hosts.lost or any(host.reason for host in found.hosts.appeared)
    if silent or found.after.interrupted or not found.verdicts:
        codes.add(Exit.UNDETERMINED)
    return worst(codes)


def _codes(change: Change, *, allow_unknown: bool) -> set[Exit]:
    if change.kind not in (Kind.NEWLY_FAILING, Kind.NEWLY_UNKNOWN, Kind.WAIVER_ENDED):
        return set()
    if change.now.state is State.FAIL:
        return {Exit.FAILED}
    return set() if allow_unknown else {Exit.UNDETERMINED}
