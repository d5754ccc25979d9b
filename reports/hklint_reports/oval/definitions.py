"""OVAL definitions: for each registry rule what a host's registry has to be like.

A document has definitions, tests, objects and states, each kind in one piece
(oval-definitions-schema.xsd and windows-definitions-schema.xsd, version 5.11.1).
"""

import re
from collections.abc import Iterator
from typing import TextIO

from hklint.clock import utc
from hklint.controls import CATALOGUES
from hklint.fact import RegistryKey
from hklint.run import RuleInfo, RunHeader
from hklint.url import is_https_url
from hklint_reports.oval.document import VIEWS, WINDOWS_DEFINITIONS, head, place
from hklint_reports.oval.exact import exact_xml
from hklint_reports.oval.names import object_id, state_id, test_id
from hklint_reports.oval.plan import Plan, Planned, name_of
from hklint_reports.oval.tree import Criteria, Criterion, Node, Test
from hklint_reports.text import one_line, visible, xml_attribute, xml_text

_Indexes = dict[Test, int]
"""The tests of a definition, counted from 1."""


def write(header: RunHeader, plan: Plan, stream: TextIO) -> None:
    """Write the definitions of all rules that OVAL can judge; of the others a comment says why."""
    stream.write(head("definitions", header, utc(header.started)))
    stream.writelines(
        f"<!-- {_comment(f'{name} has no definition: {reason}')} -->\n"
        for name, reason in plan.left_out
    )
    tests = {of: _indexed(planned.criteria) for of, planned in plan.judged.items()}
    definitions = (_definition(of, plan.judged[of], tests[of]) for of in tests)
    _write_section("definitions", definitions, stream)
    _write_section("tests", (line for of in tests for line in _tests(of, tests[of])), stream)
    _write_section("objects", (_object(of, plan.judged[of]) for of in tests), stream)
    _write_section("states", (line for of in tests for line in _states(of, tests[of])), stream)
    stream.write("</oval_definitions>\n")


def _comment(text: str) -> str:
    """A text in an XML comment, where two hyphens would be its end."""
    shown = visible(text).encode("ascii", "backslashreplace").decode("ascii")
    return re.sub("-(?=-)", "- ", shown)


def _write_section(name: str, elements: Iterator[str], stream: TextIO) -> None:
    """An element with others in it; the schema has no empty ones."""
    first = next(elements, None)
    if first is None:
        return
    stream.write(f"<{name}>\n{first}")
    stream.writelines(elements)
    stream.write(f"</{name}>\n")


def _indexed(criteria: Criteria) -> _Indexes:
    return {test: index for index, test in enumerate(dict.fromkeys(_tests_in(criteria)), 1)}


def _tests_in(node: Node) -> Iterator[Test]:
    if isinstance(node, Criterion):
        yield node.test
        return
    for inner in node.nodes:
        yield from _tests_in(inner)


def _definition(of: int, planned: Planned, indexes: _Indexes) -> str:
    rule, test = planned.rule, planned.test
    references = "".join(_references(name_of(test), rule))
    why = f"{one_line(rule.why)} Expected: {test.wanted}."
    return (
        f'<definition id="oval:hklint:def:{of}" version="1" class="compliance">\n'
        f"<metadata>\n<title>{xml_text(test.title)}</title>\n"
        f'<affected family="windows"></affected>\n{references}'
        f"<description>{xml_text(why)}</description>\n</metadata>\n"
        f"{_node(of, planned.criteria, indexes)}</definition>\n"
    )


def _references(name: str, rule: RuleInfo) -> Iterator[str]:
    yield _reference("hklint", name)
    for control in rule.controls:
        known = CATALOGUES.get(control.catalogue)
        yield _reference(
            known.name if known else control.catalogue,
            control.id,
            known.entry_uri(control.id) if known else "",
        )
    for page in rule.references:
        yield _reference("page", page.title, page.url)


def _reference(source: str, ref_id: str, url: str = "") -> str:
    link = f" ref_url={xml_attribute(url)}" if is_https_url(url) else ""
    return f"<reference source={xml_attribute(source)} ref_id={xml_attribute(ref_id)}{link}/>\n"


def _node(of: int, node: Node, indexes: _Indexes) -> str:
    negate = ' negate="true"' if node.negate else ""
    if isinstance(node, Criteria):
        inner = "".join(_node(of, inner, indexes) for inner in node.nodes)
        return f'<criteria operator="{node.operator}"{negate}>\n{inner}</criteria>\n'
    applies = ' applicability_check="true"' if node.applies else ""
    words = f"not: {node.test.words}" if node.negate else node.test.words
    test = test_id(of, indexes[node.test])
    return f'<criterion test_ref="{test}"{negate}{applies} comment={xml_attribute(words)}/>\n'


def _tests(of: int, indexes: _Indexes) -> Iterator[str]:
    for test, index in indexes.items():
        existence = "at_least_one_exists" if test.exists else "none_exist"
        state = f'<state state_ref="{state_id(of, index)}"/>' if _has_state(test) else ""
        yield (
            f'<registry_test xmlns="{WINDOWS_DEFINITIONS}" id="{test_id(of, index)}" version="1" '
            f'check="all" check_existence="{existence}" comment={xml_attribute(test.words)}>'
            f'<object object_ref="{object_id(of)}"/>{state}</registry_test>\n'
        )


def _has_state(test: Test) -> bool:
    return bool(test.type or test.value)


def _object(of: int, planned: Planned) -> str:
    fact = planned.test.fact
    only_key = '<name xsi:nil="true"/>' if isinstance(fact, RegistryKey) else ""
    return (
        f'<registry_object xmlns="{WINDOWS_DEFINITIONS}" id="{object_id(of)}" version="1" '
        f"comment={xml_attribute(str(fact))}>"
        f'<behaviors windows_view="{VIEWS[fact.view]}"/>{place(fact)}{only_key}</registry_object>\n'
    )


def _states(of: int, indexes: _Indexes) -> Iterator[str]:
    for test, index in indexes.items():
        if _has_state(test):
            yield (
                f'<registry_state xmlns="{WINDOWS_DEFINITIONS}" id="{state_id(of, index)}" '
                f'version="1">{_type(test)}{_value(test)}</registry_state>\n'
            )


def _type(test: Test) -> str:
    return f"<type>{test.type}</type>" if test.type else ""


def _value(test: Test) -> str:
    value = test.value
    if value is None:
        return ""
    check = f' entity_check="{value.check}"' if value.check != "all" else ""
    return (
        f'<value datatype="{value.datatype}" operation="{value.operation}"{check}>'
        f"{exact_xml(value.text)}</value>"
    )
