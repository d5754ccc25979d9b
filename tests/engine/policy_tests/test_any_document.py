"""Whatever a tests document of the right shape says, it is run or its mistakes are told."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hklint.documents.document import parse_document
from hklint.facts.web_request import OUTCOMES
from hklint.language.schema import check
from hklint.linking.catalogue import Catalogue, errors_in, read_catalogue
from hklint.linking.library import Library, link_all
from hklint.policy_tests.coverage import Met
from hklint.policy_tests.linked import link_tests
from hklint.policy_tests.run import run_suite

RESULTS = Path(__file__).parent / "cases" / "results"
NAMES = st.sampled_from(["one", "two", "three", "four"])
KEYS = st.sampled_from(
    [f"HKLM\\SOFTWARE\\{name}" for name in ("Contoso", "Contoso\\App", "CONTOSO\\app", "Contoso\\")]
    + ["HKLM\\SOFTWARE\\Contoso\\Doors", "HKLM\\SOFTWARE\\Contoso\\Doors\\Front", "HKCU\\X"]
)
DATA = st.one_of(
    st.integers(-1, 2**65),
    st.sampled_from(["absent", "unreadable", "01 00 ff", "01 0", "text", ""]),
    st.lists(st.text('a "é', max_size=3), max_size=2),
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["REG_DWORD", "REG_SZ", "REG_BINARY", "REG_MULTI_SZ"]),
            "value": st.sampled_from([1, "1", "ff", ["1"], -1]),
        }
    ),
)
VALUES = st.dictionaries(st.sampled_from(["Level", "level", "Seal", "Bolt", "Names", ""]), DATA)
REGISTRY = st.dictionaries(KEYS, st.sampled_from(["absent", "unreadable"]) | VALUES, max_size=3)
FIELDS = st.dictionaries(
    st.sampled_from(["build", "exchange_version", "name", "bild"]),
    st.sampled_from([20348, 9600, "15.1", "x", "absent", "unreadable", ""]),
    max_size=2,
)
WEB = st.dictionaries(
    st.sampled_from(["default", "tls12"]), st.sampled_from(["reached", "unreadable", "x"])
)
HOST = {"registry": REGISTRY, "registry_32": REGISTRY, "web": WEB}
JUDGED = st.sampled_from(["pass", "fail", "unknown", "not_applicable"])
EXPECTED = st.fixed_dictionaries(
    {},
    optional={
        "every": JUDGED,
        "verdicts": st.dictionaries(
            st.sampled_from(["door-is-shut", "level-is-set", "level-is-set[view=32-bit]", "x", ""]),
            JUDGED,
        ),
        "diagnosis": st.sampled_from(["shut", "ajar", "unknown", "not_applicable", "x"]),
        "states": st.lists(
            st.fixed_dictionaries(
                {"model": st.sampled_from(["door", "x"]), "state": st.sampled_from(["shut", "x"])},
                optional={"with": st.dictionaries(NAMES | st.just("side"), st.just("front"))},
            ),
            max_size=2,
        ),
    },
)
DOCUMENTS = st.fixed_dictionaries(
    {
        "kind": st.just("tests"),
        "id": st.just("any"),
        "cases": st.lists(
            st.fixed_dictionaries(
                {"name": st.text('ab "é', min_size=1, max_size=3), "expect": EXPECTED},
                optional={
                    **HOST,
                    "host": NAMES | FIELDS,
                    "extends": NAMES,
                    "snapshot": st.sampled_from(["x", "../x", "/dev/null", "."]),
                },
            ),
            min_size=1,
            max_size=3,
        ),
    },
    optional={
        "policy": st.sampled_from(["contoso", "x"]),
        "parameters": st.dictionaries(st.sampled_from(["level", "x"]), st.sampled_from([1, "x"])),
        "hosts": st.dictionaries(
            NAMES, st.fixed_dictionaries({}, optional={**HOST, "host": FIELDS, "extends": NAMES})
        ),
    },
)
RIGHT_DATA = {
    "Level": st.integers(0, 2**32 - 1) | st.just({"type": "REG_SZ", "value": "3"}),
    "Seal": st.binary(max_size=3).map(bytes.hex),
    "names": st.lists(st.text('a "é', max_size=3), max_size=2),
    "bolt": st.sampled_from([0, 1, {"type": "REG_QWORD", "value": 1}]),
}
GONE = st.sampled_from(["absent", "unreadable"])


def _key(*names: str) -> st.SearchStrategy[Any]:
    values = st.fixed_dictionaries({}, optional={name: RIGHT_DATA[name] | GONE for name in names})
    return GONE | values


RIGHT_FACTS: dict[str, st.SearchStrategy[Any]] = {
    "registry": st.fixed_dictionaries(
        {},
        optional={
            "HKLM\\SOFTWARE\\contoso\\App": _key("Level", "Seal"),
            "HKLM\\SOFTWARE\\Contoso\\Guests": _key("names"),
            "HKLM\\Software\\Contoso\\Doors\\front": _key("bolt"),
        },
    ),
    "registry_32": st.fixed_dictionaries(
        {}, optional={"HKLM\\SOFTWARE\\Contoso\\App": _key("Level")}
    ),
    "web": st.fixed_dictionaries(
        {}, optional={"default": st.sampled_from([*OUTCOMES, "unreadable"])}
    ),
}
RIGHT_HOST = st.fixed_dictionaries(
    {"build": st.sampled_from([9600, 20348, "absent", "unreadable"])}
)
RIGHT_DOCUMENTS = st.fixed_dictionaries(
    {
        "kind": st.just("tests"),
        "id": st.just("right"),
        "policy": st.just("contoso"),
        "hosts": st.fixed_dictionaries(
            {
                "one": st.fixed_dictionaries({"host": RIGHT_HOST}, optional=RIGHT_FACTS),
                "two": st.fixed_dictionaries({"extends": st.just("one")}, optional=RIGHT_FACTS),
            }
        ),
        "cases": st.lists(
            st.fixed_dictionaries(
                {
                    "name": st.uuids().map(str),
                    "host": st.sampled_from(["one", "two"]),
                    "expect": st.fixed_dictionaries(
                        {
                            "every": JUDGED,
                            "verdicts": st.dictionaries(
                                st.sampled_from(["level-is-set", "level-is-set[view=32-bit]"]),
                                JUDGED,
                            ),
                            "diagnosis": st.sampled_from(["shut", "unknown", "not_applicable"]),
                        }
                    ),
                },
                optional=RIGHT_FACTS,
            ),
            min_size=1,
            max_size=3,
        ),
    }
)


@pytest.fixture(scope="module")
def known() -> tuple[Catalogue, Library]:
    catalogue = read_catalogue([RESULTS / "contoso.yaml", RESULTS / "models" / "door.yaml"])
    library, diagnostics = link_all(catalogue, catalogue.policies, {})
    assert diagnostics == []
    return catalogue, library


@given(DOCUMENTS)
def test_any_document(known: tuple[Catalogue, Library], tree: dict[str, Any]) -> None:
    document = parse_document(json.dumps(tree), "any.tests.yaml")
    if check(document, "tests"):
        return
    suite, diagnostics = link_tests(document, *known)
    for item in diagnostics:
        assert (item.span.path, item.span.line) == ("any.tests.yaml", 1)
    assert errors_in(diagnostics) or run_suite(suite, Met()).cases


@given(RIGHT_DOCUMENTS)
def test_a_document_without_mistakes_is_run(
    known: tuple[Catalogue, Library], tree: dict[str, Any]
) -> None:
    document = parse_document(json.dumps(tree), "right.tests.yaml")
    suite, diagnostics = link_tests(document, *known)
    assert [str(item) for item in errors_in(diagnostics)] == []
    for case in run_suite(suite, Met()).cases:
        assert case.expectations == 7
        assert all(item.got != item.expected for item in case.mismatches)
