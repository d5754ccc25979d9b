"""From what a rule asks to the criteria of a definition.

Each question is a test of its own. One of the value's type stands beside them, so that a value of
another type fails, whatever the others come to.
"""

from collections.abc import Iterator

from hklint.fact import RegistryKey
from hklint.registry_test import RegistryTest
from hklint.verdict import Outcome
from hklint_reports.oval.exact import is_carried
from hklint_reports.oval.questions import node
from hklint_reports.oval.tree import Criteria, Criterion, Node, NotInOvalError, Test

NAME = "its key or value has a name that XML does not keep"


def criteria(test: RegistryTest) -> Criteria:
    """The criteria of a rule.

    Raises:
        NotInOvalError: OVAL has none that mean the same.
    """
    fact = test.fact
    if not is_carried(fact.key) or not (isinstance(fact, RegistryKey) or is_carried(fact.value)):
        raise NotInOvalError(NAME)
    what = "key" if isinstance(fact, RegistryKey) else "value"
    present = Criteria("AND", tuple(_present(test, what)))
    if test.absent is not Outcome.PASS:
        return present
    absent = Criterion(Test(f"the {what} is not there", exists=False))
    return Criteria("OR", (absent, present) if test.ways else (absent,))


def _present(test: RegistryTest, what: str) -> Iterator[Node]:
    there = Test(f"the {what} is there")
    if test.absent is Outcome.NOT_APPLICABLE:
        yield Criterion(there, applies=True)
    if test.type.startswith("REG_"):
        yield Criterion(Test(f"it is a {test.type}", type=test.type.lower()))
    else:
        yield Criterion(there)
    ways = [tuple(node(question, test) for question in way) for way in test.ways]
    if not ways:
        yield Criterion(there, negate=True)
    elif len(ways) == 1:
        yield from ways[0]
    elif all(ways):
        alone = (way[0] if len(way) == 1 else Criteria("AND", way) for way in ways)
        yield Criteria("OR", tuple(alone))
