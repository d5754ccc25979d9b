"""The line: every wire is cut, at once or as soon as it is there."""

import pytest

from hklint.failure import Reason
from hklint.sources.line import Line, LineCutError


class Counted:
    cuts = 0

    def cut(self) -> None:
        self.cuts += 1


def test_cutting_cuts_every_wire_once() -> None:
    line, wires = Line(10, 10, 10), [Counted(), Counted()]
    for wire in wires:
        line.watch(wire)
    line.cut(Reason.CANCELLED)
    line.cut(Reason.TIMED_OUT)
    line.hang_up()
    assert [wire.cuts for wire in wires] == [1, 1]
    assert line.cut_for is Reason.CANCELLED


def test_a_wire_that_comes_late_is_cut_at_once() -> None:
    line, wire = Line(10, 10, 10), Counted()
    line.cut(Reason.TIMED_OUT)
    with pytest.raises(LineCutError):
        line.watch(wire)
    assert wire.cuts == 1


def test_closing_afresh_takes_new_wires() -> None:
    line, old, new = Line(10, 10, 10), Counted(), Counted()
    line.watch(old)
    line.begin_closing(1.0, afresh=True)
    line.watch(new)
    line.cut(Reason.TIMED_OUT)
    assert (old.cuts, new.cuts, line.cut_for) == (1, 0, None)
