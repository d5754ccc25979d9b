"""What tests of the language share: documents with everything in them, and damage to them."""

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from hklint.documents.document import Document, read_document
from hklint.language import EXPECTATIONS, INPUTS
from hklint.language.descriptions import DESCRIPTIONS
from hklint.operators import NESTING, OPERATORS

FULL = Path(__file__).parent / "cases" / "full"
KINDS = {key for kinds in (EXPECTATIONS, INPUTS) for keys in kinds for key in keys}
KEYS = [
    *sorted(DESCRIPTIONS | OPERATORS | NESTING | dict.fromkeys(KINDS, "")),
    *["more", "", "<<", "a\n", "Upper", "HKLM\\A", "HKLM\\A\n", "number[view=32-bit]"],
]
NUMBERS = [0, 1, -1, 4, 2**31, 2**32, 2**64, -(2**70), 10**31, 1.0, 1000.0, 1.5, 1e300]
TEXTS = [
    *["", " ", "1", "a", "a\n", "A b", "absent", "unreadable", "fail", "otherwise", "any"],
    *["{view}", "{level.value}", "{level.case}", "{{x}}", "{", "}", "{ view }", "{uri}" * 50],
    *["1.0.0", "1.0.0\n", "15.1." * 9, "REG_SZ", "REG_NONE", "0x1", "zz", "01 0", "00 ff"],
    *["HKLM", "HKLM\\", "HKLM\\A\n", "HKLM\\A\\Wow6432Node", "HKLM:\\A", "HKEY_USERS\\A/B"],
    *["64-bit\n", "https://", "https://a b", "https://[", "https://a:99999/{uri}", "http://a"],
    *["2027-03-31T00:00:00Z\n", "2027-02-30T00:00:00Z", "9999-12-31T23:59:59-23:59"],
    *["0001-01-01T00:00:00+23:59", "2027-03-31T24:61:00+99:99", "(a+)+$", "[", "a{1000}{1000}"],
    *["(?i)(?P<a>", "*", "[!", "\\", "\ud7ff", "\U0001f642", "ß", "x" * 3000],
]
ODD: list[Any] = [
    *[None, True, False, *NUMBERS, *TEXTS],
    *[[], [[]], ["a"], [1], [5, 1], [1, 1], ["a", 1], [1.0], [None], [{}], list(range(1100))],
    *[{}, {"equals": 1}, {"means": 1}, {"a": "b"}, {"registry": 1, "model": 2}, {"a\n": 1}],
    *[{"not": {"not": {"equals": 1}}}, {"any_of": [{"less_than": 5}, {"at_least": 5}]}],
    *[{"model": "full-model"}, {"host": "build"}, {"build": {"equals": 1}}, "full-policy"],
]

Damage = Callable[[dict[str, Any], st.DataObject], None]


@pytest.fixture(scope="session")
def full() -> Mapping[str, Document]:
    """A document of each kind that uses every key."""
    return {file.stem: read_document(file) for file in sorted(FULL.glob("*.yaml"))}


@pytest.fixture(scope="session")
def damage() -> Damage:
    """Replaces, removes, renames, adds or repeats one member somewhere in a document."""
    return _damage


def _damage(root: dict[str, Any], data: st.DataObject) -> None:
    node: Any = root
    while True:
        places = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not places:
            return
        place = data.draw(st.sampled_from(places))
        deeper = isinstance(node[place], dict | list) and node[place]
        if deeper and data.draw(st.integers(0, 3)):
            node = node[place]
            continue
        odd = copy.deepcopy(data.draw(st.sampled_from(ODD)))
        match data.draw(st.sampled_from(["replace", "remove", "rename", "add"])):
            case "replace":
                node[place] = odd
            case "remove":
                del node[place]
            case "rename" if isinstance(node, dict):
                node[data.draw(st.sampled_from(KEYS))] = node.pop(place)
            case _ if isinstance(node, dict):
                node[data.draw(st.sampled_from(KEYS))] = odd
            case _:
                node.append(data.draw(st.sampled_from([odd, copy.deepcopy(node[place])])))
        return
