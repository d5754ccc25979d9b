"""Cases of inputs from documents: named sets of values that have to be a partition."""

from collections.abc import Mapping

from msgspec import UnsetType

from hklint import language, values
from hklint.codes import Code
from hklint.cover import TooManyBoxesError
from hklint.documents.document import Document, DocumentPath
from hklint.fact import Data
from hklint.linking.conditions import OperandError, Type, check_write, data_of, value_set
from hklint.model import Case
from hklint.span import Diagnostic
from hklint.values import ValueSet

MAX_CASES = 200
"""Cases are compared in pairs, so their number is bounded."""


def link_cases(
    document: Document,
    path: DocumentPath,
    cases: Mapping[str, language.ValueCase | str],
    of: Type,
) -> tuple[tuple[Case, ...], list[Diagnostic]]:
    """The cases of an input, and whatever keeps them from being a partition.

    `path` leads to the mapping of cases. Together they must have every value of the type and the
    absent value, each exactly once. A case that is a word is `absent`, `otherwise` for all that is
    left, or `exists` for every value.
    """
    if len(cases) > MAX_CASES:
        message = f"there are more than {MAX_CASES} cases"
        return (), [Diagnostic(document.key_span(path), message, code=Code.TOO_MANY)]
    diagnostics: list[Diagnostic] = []
    empty = values.none_of_type(of.name)
    linked: dict[str, Case] = {}
    rest: str | None = None
    for name, case in cases.items():
        span = document.key_span((*path, name))
        if case == "otherwise":
            if rest is not None:
                message = f"cases {rest!r} and {name!r} both are 'otherwise'"
                diagnostics.append(Diagnostic(span, message, code=Code.CASE_OVERLAP))
            rest = name
        elif isinstance(case, str):
            there = case == "exists"
            found = values.all_of_type(of.name) if there else empty
            linked[name] = Case(name, absent=not there, values=found, write=None, span=span)
        else:
            found, write = empty, None
            try:
                found = value_set(case, of)
                write = _write(case, found, of)
            except OperandError as error:
                at = document.value_span((*path, name, *error.place))
                diagnostics.append(Diagnostic(at, str(error), code=error.code))
            linked[name] = Case(name, absent=False, values=found, write=write, span=span)
    try:
        diagnostics += _overlaps(list(linked.values()), of.name)
        linked, gaps = _with_rest(linked, rest, document, path, of.name)
    except TooManyBoxesError:
        message = "these cases are too intricate to be told apart"
        return (), [Diagnostic(document.key_span(path), message, code=Code.UNPROVABLE)]
    order = {name: number for number, name in enumerate(cases)}
    ordered = sorted(linked.values(), key=lambda case: order[case.name])
    return tuple(ordered), diagnostics or gaps


def _write(case: language.ValueCase, found: ValueSet, of: Type) -> Data | None:
    """What a fix writes to get into a case: what the case says, or else what it equals."""
    if not of.name.startswith("REG_"):
        if not isinstance(case.write, UnsetType):
            raise OperandError(("write",), "only registry values can be written", Code.WRONG_WRITE)
        return None
    if not isinstance(case.write, UnsetType):
        return check_write(case.write, found, of)
    return None if isinstance(case.equals, UnsetType) else data_of((), case.equals, of.name)


def _overlaps(cases: list[Case], type_name: str) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    for number, case in enumerate(cases):
        for earlier in cases[:number]:
            common = values.intersection(case.values, earlier.values)
            if case.absent and earlier.absent:
                message = (
                    f"cases {earlier.name!r} (line {earlier.span.line}) and {case.name!r} "
                    f"both are the absent value"
                )
                found.append(Diagnostic(case.span, message, code=Code.CASE_OVERLAP))
            elif not values.is_empty(common):
                message = (
                    f"cases {earlier.name!r} (line {earlier.span.line}) and {case.name!r} "
                    f"both cover {_example(common, type_name)}"
                )
                found.append(Diagnostic(case.span, message, code=Code.CASE_OVERLAP))
    return found


def _with_rest(
    cases: dict[str, Case],
    rest: str | None,
    document: Document,
    path: DocumentPath,
    type_name: str,
) -> tuple[dict[str, Case], list[Diagnostic]]:
    domain = values.all_of_type(type_name)
    covered = values.union((case.values for case in cases.values()), values.none_of_type(type_name))
    left = values.intersection(domain, values.complement(covered))
    absent_left = not any(case.absent for case in cases.values())
    if rest is not None:
        span = document.key_span((*path, rest))
        if values.is_empty(left) and not absent_left:
            message = f"nothing is left for {rest!r}: the other cases have everything"
            return cases, [Diagnostic(span, message, "remove it", Code.EMPTY_CASE)]
        return cases | {rest: Case(rest, absent_left, left, None, span)}, []
    at = document.key_span(path)
    gaps: list[Diagnostic] = []
    if not values.is_empty(left):
        hint = "add a case for it, or a case 'otherwise' for all the rest"
        message = f"no case covers {_example(left, type_name)}"
        gaps.append(Diagnostic(at, message, hint, Code.CASE_GAP))
    if absent_left:
        hint = "add a line like 'unset: absent'"
        gaps.append(Diagnostic(at, "no case is the absent value", hint, Code.CASE_GAP))
    return cases, gaps


def _example(found: ValueSet, type_name: str) -> str:
    return "what is there" if values.kind_of(type_name) == "existence" else values.sample(found)
