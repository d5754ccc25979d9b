"""The gate: whether a run as a whole passes, and with which exit code it ends."""

from hklint.exit_code import Exit, worst
from hklint.tally import Tally


def exit_code(tally: Tally) -> Exit:
    """The exit code of a run. It is never PASSED when nothing was judged.

    A check has to have judged something somewhere. A gate lets every host through, so it has to
    have judged something on each of them, by every policy with rules that count. A waived failure
    has been judged and does not count; a waived unknown does not count either, and has not been
    judged. The same holds of what the baseline has already. What passes, but is not in
    effect before a restart, leaves a run undetermined.
    """
    codes: set[Exit] = set()
    if tally.bugs:
        codes.add(Exit.BUG)
    if tally.failing or tally.expired:
        codes.add(Exit.FAILED)
    if tally.not_reached > tally.bugs or tally.open or tally.held.total() or not _enough(tally):
        codes.add(Exit.UNDETERMINED)
    return worst(codes)


def _enough(tally: Tally) -> bool:
    answered = tally.hosts - tally.not_reached
    if tally.header.command == "gate":
        return answered > 0 and not tally.not_judged and not tally.not_judged_by
    return answered > tally.not_judged
