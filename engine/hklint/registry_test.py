"""What the rules on registry values ask, as data: enough for another judge to judge the same."""

from typing import Literal

import msgspec

from hklint.fact import Data, RegistryKey, RegistryName, RegistryValue
from hklint.verdict import Outcome


class Question(msgspec.Struct, frozen=True):
    """A question about the data of one value, and the `answer` it must have.

    The data `equals` others, a number is `from` this one up or has the `bit` of this worth, a text
    `matches` a pattern as a whole (RE2) or `contains` a text, a list `has` an item or is `within`
    some. Texts are folded, unless case counts.
    """

    kind: Literal["equals", "from", "bit", "matches", "contains", "has", "within"]
    operand: Data
    answer: bool = True


class RegistryTest(msgspec.Struct, frozen=True):
    """One instance of a rule on a registry value, name or key.

    What is there passes if it is of the `type`, and all questions of any of the `ways` have their
    answers. `type` is `any` for a value, and `key` for a key, of which only being there counts.
    With `exact` the case of letters counts. `absent` is the outcome where it is not there.
    """

    policy: str
    rule: str
    instance: str
    title: str
    fact: RegistryValue | RegistryName | RegistryKey
    type: str
    wanted: str
    ways: tuple[tuple[Question, ...], ...]
    exact: bool
    absent: Outcome
