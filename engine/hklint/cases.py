"""From operators and cases in YAML to sets of values, with what is wrong with them."""

from collections.abc import Mapping

from msgspec import UnsetType

from hklint import language, values
from hklint.document import Document, DocumentPath
from hklint.messages import quoted
from hklint.model import Case
from hklint.span import Diagnostic
from hklint.values import ValueSet

MAX_CASES = 200
"""Cases are compared in pairs, so their number is bounded."""


class OperandError(Exception):
    """An operator can't be used with this operand or type; `place` leads to it from its mapping."""

    def __init__(self, place: DocumentPath, message: str) -> None:
        self.place = place
        super().__init__(message)


def operators_of(shape: language.Operators) -> dict[str, list[language.Scalar]]:
    """The operators that are there, each with its operands."""
    found: dict[str, list[language.Scalar]] = {}
    for name in values.OPERATORS:
        operand = getattr(shape, name)
        if not isinstance(operand, UnsetType):
            found[name] = operand if isinstance(operand, list) else [operand]
    return found


def value_set(shape: language.Operators, type_name: str) -> ValueSet:
    """The values of a type for which all operators hold. Raises OperandError."""
    result = values.all_of_type(type_name)
    operators = operators_of(shape)
    if not operators:
        raise OperandError((), "nothing is asked of the value: add an operator, such as equals")
    for name, operands in operators.items():
        if name in values.ORDERING_OPERATORS and isinstance(result, values.Words):
            message = f"{name} needs a number or version, and {type_name} is neither"
            raise OperandError((name,), message)
        typed = [
            typed_operand((name, number) if len(operands) > 1 else (name,), operand, type_name)
            for number, operand in enumerate(operands)
        ]
        result = values.intersection(result, values.OPERATORS[name](*typed))
        if values.is_empty(result):
            raise OperandError((name,), f"no {type_name} can ever be: {in_words(shape)}")
    return result


def in_words(shape: language.Operators) -> str:
    """The operators as a reader would say them: `0 or 1`, `at least 5`."""
    return " and ".join(
        _WORDS[name].format(" or ".join(_word(item) for item in operands), *map(_word, operands))
        for name, operands in operators_of(shape).items()
    )


def _word(operand: language.Scalar) -> str:
    return "an empty text" if operand == "" else str(operand)


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


def typed_operand(
    place: DocumentPath, operand: language.Scalar, type_name: str
) -> values.Ordered | str:
    """An operand as a value of the type. Raises OperandError if the type has no such value."""
    if type_name == "version":
        version = values.parse_version(str(operand))
        if version is None:
            message = f"{quoted(operand)} is no version: write it in quotes, like '15.1.2507'"
            raise OperandError(place, message)
        return version
    domain = values.all_of_type(type_name)
    is_text = isinstance(domain, values.Words)
    if isinstance(operand, str) != is_text:
        wanted = "a text is due, in quotes" if is_text else "a number is due, without quotes"
        message = f"{quoted(operand)} does not fit {type_name}: {wanted}"
        raise OperandError(place, message)
    if not values.contains(domain, operand):
        message = f"{operand} is out of range: a {type_name} is a whole number from 0 to "
        raise OperandError(place, message + _HIGHEST[type_name])
    return operand


_HIGHEST = {"REG_DWORD": "0xFFFFFFFF", "REG_QWORD": "0xFFFFFFFFFFFFFFFF"}


def check_write(write: language.Scalar, allowed: ValueSet, type_name: str) -> None:
    """Raises OperandError when a fix that writes this would not bring the value where it should."""
    typed = typed_operand(("write",), write, type_name)
    if not values.contains(allowed, typed):
        message = f"a fix would write {quoted(write)}, which is not one of these values"
        raise OperandError(("write",), message)


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
    if len(cases) > MAX_CASES:
        return (), [Diagnostic(document.key_span(path), f"there are more than {MAX_CASES} cases")]
    diagnostics: list[Diagnostic] = []
    empty = _nothing(values.all_of_type(type_name))
    linked: dict[str, Case] = {}
    rest: str | None = None
    for name, case in cases.items():
        span = document.key_span((*path, name))
        if case == "otherwise":
            if rest is not None:
                message = f"cases {rest!r} and {name!r} both are 'otherwise'"
                diagnostics.append(Diagnostic(span, message))
            rest = name
        elif isinstance(case, str):
            linked[name] = Case(name, absent=True, values=empty, write=None, span=span)
        else:
            found = empty
            try:
                found = value_set(case, type_name)
                _check_case(case, found, type_name)
            except OperandError as error:
                at = document.value_span((*path, name, *error.place))
                diagnostics.append(Diagnostic(at, str(error)))
            linked[name] = Case(name, absent=False, values=found, write=_write(case), span=span)
    diagnostics += _overlaps(list(linked.values()))
    linked, gaps = _with_rest(linked, rest, document, path, type_name)
    order = {name: number for number, name in enumerate(cases)}
    ordered = sorted(linked.values(), key=lambda case: order[case.name])
    return tuple(ordered), diagnostics or gaps


def _nothing(like: ValueSet) -> ValueSet:
    return values.NO_WORDS if isinstance(like, values.Words) else values.NO_NUMBERS


def _write(case: language.ValueCase) -> language.Scalar | None:
    if not isinstance(case.write, UnsetType):
        return case.write
    return None if isinstance(case.equals, UnsetType) else case.equals


def _check_case(case: language.ValueCase, found: ValueSet, type_name: str) -> None:
    if isinstance(case.write, UnsetType):
        return
    if not type_name.startswith("REG_"):
        raise OperandError(("write",), "only registry values can be written")
    check_write(case.write, found, type_name)


def _overlaps(cases: list[Case]) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    for number, case in enumerate(cases):
        for earlier in cases[:number]:
            common = values.intersection(case.values, earlier.values)
            if case.absent and earlier.absent:
                message = (
                    f"cases {earlier.name!r} (line {earlier.span.line}) and {case.name!r} "
                    f"both are the absent value"
                )
                found.append(Diagnostic(case.span, message))
            elif not values.is_empty(common):
                message = (
                    f"cases {earlier.name!r} (line {earlier.span.line}) and {case.name!r} "
                    f"both cover {values.sample(common)}"
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
            message = f"nothing is left for {rest!r}: the other cases have everything"
            return cases, [Diagnostic(span, message, "remove it")]
        return cases | {rest: Case(rest, absent_left, left, None, span)}, []
    at = document.key_span(path)
    gaps: list[Diagnostic] = []
    if not values.is_empty(left):
        hint = "add a case for it, or a case 'otherwise' for all the rest"
        gaps.append(Diagnostic(at, f"no case covers {values.sample(left)}", hint))
    if absent_left:
        hint = "add a line like 'unset: absent'"
        gaps.append(Diagnostic(at, "no case is the absent value", hint))
    return cases, gaps
