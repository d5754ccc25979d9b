"""From operators and cases in YAML to sets of values, with what is wrong with them."""

from collections.abc import Mapping

from msgspec import UNSET

from hklint import language, values
from hklint.document import Document, DocumentPath
from hklint.model import Case
from hklint.span import Diagnostic
from hklint.values import ValueSet


class OperandError(Exception):
    """An operator can't be used with this operand or type; `operator` says which."""

    def __init__(self, operator: str, message: str) -> None:
        self.operator = operator
        super().__init__(message)


def operators_of(shape: language.Operators) -> dict[str, list[language.Scalar]]:
    """The operators that are there, each with its operands."""
    found: dict[str, list[language.Scalar]] = {}
    for name in values.OPERATORS:
        operand = getattr(shape, name)
        if operand is not UNSET:
            found[name] = operand if isinstance(operand, list) else [operand]
    return found


def value_set(shape: language.Operators, type_name: str) -> ValueSet:
    """The values of a type for which all operators hold. Raises OperandError."""
    result = values.all_of_type(type_name)
    for name, operands in operators_of(shape).items():
        if name in values.ORDERING_OPERATORS and isinstance(result, values.Words):
            raise OperandError(name, f"{name} needs numbers, but {type_name} is text")
        typed = [_typed(name, operand, type_name) for operand in operands]
        result = values.intersection(result, values.OPERATORS[name](*typed))
        if values.is_empty(result):
            raise OperandError(name, f"no {type_name} can ever be like this")
    return result


def in_words(shape: language.Operators) -> str:
    """The operators as a reader would say them: `0 or 1`, `at least 5`."""
    return ", ".join(
        _WORDS[name].format(" or ".join(map(str, operands)), *operands)
        for name, operands in operators_of(shape).items()
    )


_WORDS = {
    "equals": "{0}",
    "not_equals": "not {0}",
    "one_of": "{0}",
    "none_of": "none of {0}",
    "less_than": "less than {0}",
    "at_most": "at most {0}",
    "at_least": "at least {0}",
    "greater_than": "greater than {0}",
    "between": "from {1} to {2}",
}


def _typed(operator: str, operand: language.Scalar, type_name: str) -> values.Ordered | str:
    is_text = isinstance(values.all_of_type(type_name), values.Words)
    if type_name == "version":
        version = values.parse_version(str(operand))
        if version is None:
            message = f"{operand!r} is no version; write it like '15.1.2507' in quotes"
            raise OperandError(operator, message)
        return version
    if isinstance(operand, str) != is_text:
        wanted = "text: put it in quotes" if is_text else "a number without quotes"
        raise OperandError(operator, f"{operand!r} does not fit {type_name}, which takes {wanted}")
    return operand


def link_cases(
    document: Document,
    path: DocumentPath,
    cases: Mapping[str, language.ValueCase | str],
    type_name: str,
) -> tuple[tuple[Case, ...], list[Diagnostic]]:
    """The cases of an input, and whatever keeps them from being a partition.

    `path` leads to the mapping of cases. Together they must have every value of the type and the
    absent value, each exactly once.
    """
    diagnostics: list[Diagnostic] = []
    empty = _nothing(values.all_of_type(type_name))
    linked: dict[str, Case] = {}
    rest: str | None = None
    for name, case in cases.items():
        span = document.key_span((*path, name))
        if case == "otherwise":
            if rest is not None:
                diagnostics.append(Diagnostic(span, f"{rest!r} is 'otherwise' already"))
            rest = name
        elif isinstance(case, str):
            linked[name] = Case(name, absent=True, values=empty, write=None, span=span)
        else:
            try:
                found = value_set(case, type_name)
            except OperandError as error:
                at = document.value_span((*path, name, error.operator))
                diagnostics.append(Diagnostic(at, str(error)))
                found = empty
            linked[name] = Case(name, absent=False, values=found, write=_write(case), span=span)
    diagnostics += _overlaps(list(linked.values()))
    linked, gaps = _with_rest(linked, rest, document, path, type_name)
    order = {name: number for number, name in enumerate(cases)}
    ordered = sorted(linked.values(), key=lambda case: order[case.name])
    return tuple(ordered), diagnostics or gaps


def _nothing(like: ValueSet) -> ValueSet:
    return values.NO_WORDS if isinstance(like, values.Words) else values.NO_NUMBERS


def _write(case: language.ValueCase) -> language.Scalar | None:
    if case.write is not UNSET:
        assert not isinstance(case.write, type(UNSET))
        return case.write
    return None if isinstance(case.equals, type(UNSET)) else case.equals


def _overlaps(cases: list[Case]) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    for number, case in enumerate(cases):
        for earlier in cases[:number]:
            common = values.intersection(case.values, earlier.values)
            if case.absent and earlier.absent:
                message = f"cases {earlier.name!r} and {case.name!r} both are the absent value"
                found.append(Diagnostic(case.span, message))
            elif not values.is_empty(common):
                message = (
                    f"cases {earlier.name!r} (line {earlier.span.line}) and {case.name!r} "
                    f"both have {values.sample(common)}"
                )
                found.append(Diagnostic(case.span, message))
    return found


def _with_rest(
    cases: dict[str, Case],
    rest: str | None,
    document: Document,
    path: DocumentPath,
    type_name: str,
) -> tuple[dict[str, Case], list[Diagnostic]]:
    domain = values.all_of_type(type_name)
    covered = values.union((case.values for case in cases.values()), _nothing(domain))
    left = values.intersection(domain, values.complement(covered))
    absent_left = not any(case.absent for case in cases.values())
    if rest is not None:
        span = document.key_span((*path, rest))
        if values.is_empty(left) and not absent_left:
            return cases, [Diagnostic(span, f"nothing is left for {rest!r}")]
        return cases | {rest: Case(rest, absent_left, left, None, span)}, []
    at = document.key_span(path)
    gaps: list[Diagnostic] = []
    if not values.is_empty(left):
        gaps.append(Diagnostic(at, f"no case has {values.sample(left)}", "add it or 'otherwise'"))
    if absent_left:
        gaps.append(Diagnostic(at, "no case is the absent value", "add a case 'absent'"))
    return cases, gaps
