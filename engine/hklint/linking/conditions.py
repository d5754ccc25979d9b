"""From conditions in YAML to sets of values, with what is wrong with them."""

import re
from typing import cast

import msgspec
from msgspec import UNSET, UnsetType

from hklint import language, values
from hklint.codes import Code
from hklint.cover import ANY_CASE, PatternError, TooManyBoxesError, Value, compiled, spend
from hklint.documents.document import DocumentPath
from hklint.fact import Data
from hklint.messages import quoted
from hklint.operators import OPERATORS, Operator
from hklint.values import ValueSet

Operand = int | str | list[str]

MAX_NESTING = 8
WORK_PER_OPERAND = 10
WORK_PER_PATTERN = 1_000
"""What it takes to read an operand, and to compile a pattern, as `cover.spend` counts it."""


class OperandError(Exception):
    """An operator can't be used with this operand or type; `place` leads to it from its mapping."""

    def __init__(self, place: DocumentPath, message: str, code: Code = Code.OPERAND_TYPE) -> None:
        self.place = place
        self.code = code
        super().__init__(message)


class Type(msgspec.Struct, frozen=True):
    """The type of the values a condition is about; with `exact` the case of letters counts."""

    name: str
    exact: bool = False


def value_set(shape: language.Operators, of: Type) -> ValueSet:
    """The values of a type for which a condition holds. Raises OperandError."""
    try:
        result = _value_set(shape, of, ())
    except TooManyBoxesError:
        message = "this condition is too intricate to be reasoned about"
        raise OperandError((), f"{message}: split the rule", Code.UNPROVABLE) from None
    if values.is_empty(result):
        message = f"no {of.name} can ever be: {in_words(shape)}"
        raise OperandError(_first(shape), message, Code.NEVER_HOLDS)
    return result


def _value_set(shape: language.Operators, of: Type, place: DocumentPath) -> ValueSet:
    if len(place) > 2 * MAX_NESTING:
        message = f"conditions are nested deeper than {MAX_NESTING} levels"
        raise OperandError(place, message, Code.TOO_MANY)
    everything = values.all_of_type(of.name)
    parts = [
        _allowed(name, operator, operand, of, (*place, name))
        for name, operator in OPERATORS.items()
        if not isinstance(operand := getattr(shape, name), UnsetType)
    ]
    parts += [
        _value_set(item, of, (*place, "all_of", number))
        for number, item in enumerate(shape.all_of or ())
    ]
    if shape.any_of is not UNSET:
        ways = [
            _value_set(item, of, (*place, "any_of", number))
            for number, item in enumerate(shape.any_of)
        ]
        parts.append(values.union(ways, values.none_of_type(of.name)))
    if shape.none_holds is not UNSET:
        parts.append(values.complement(_value_set(shape.none_holds, of, (*place, "not"))))
    if not parts:
        message = "nothing is asked of the value: add an operator, such as equals"
        raise OperandError(place, message, Code.NO_OPERATOR)
    result = everything
    for part in parts:
        result = values.intersection(result, part)
    return result


def _allowed(
    name: str, operator: Operator, operand: Operand | list[Operand], of: Type, place: DocumentPath
) -> ValueSet:
    kind = values.kind_of(of.name)
    bitless = operator.takes == "bits" and values.highest(of.name) is None
    if kind not in operator.kinds or bitless:
        known = [other for other, item in OPERATORS.items() if kind in item.kinds]
        message = f"{name} is not for {of.name}, which has: {', '.join(known)}"
        if kind == "existence":
            message = f"{name} is not for {of.name}, where only absent or otherwise can be asked"
        raise OperandError(place, message, Code.OPERATOR_TYPE)
    match operator.takes:
        case "value":
            return operator.allows(kind, typed_operand(place, cast("Operand", operand), of))
        case "values" | "pair":
            items = cast("list[Operand]", operand)
            spend(WORK_PER_OPERAND * len(items))
            many = len(items) > 1
            typed = [
                typed_operand((*place, number) if many else place, item, of)
                for number, item in enumerate(items)
            ]
            return operator.allows(kind, *typed)
        case "bits":
            bits = typed_operand(place, cast("Operand", operand), of)
            if bits == 0:
                raise OperandError(place, "0 has no bits: name the bits, such as 0x800")
            return operator.allows(kind, bits)
        case "pattern":
            return operator.allows(kind, _pattern(place, str(operand), of))
        case "parts":
            parts = operand if isinstance(operand, list) else [operand]
            folded = (values.normal("text", str(part), exact=of.exact) for part in parts)
            return operator.allows(kind, *folded)


def _pattern(place: DocumentPath, pattern: str, of: Type) -> str:
    if not of.exact and _TURNS_CASE_ON.search(_ESCAPED.sub("", pattern)):
        message = f"{quoted(pattern)} turns on what case_sensitive is for"
        raise OperandError(place, f"{message}: write case_sensitive: true", Code.INVALID_PATTERN)
    whole = pattern if of.exact else ANY_CASE + pattern
    spend(WORK_PER_PATTERN)
    try:
        compiled(whole)
    except PatternError as error:
        message = f"{quoted(pattern)} is no pattern: {error}"
        raise OperandError(place, message, Code.INVALID_PATTERN) from None
    return whole


_ESCAPED = re.compile(r"\\.", re.DOTALL)
_TURNS_CASE_ON = re.compile(r"\(\?[A-Za-z]*-[A-Za-z]*i")
"""A flag such as (?-i): texts that compare without regard to case have lost theirs."""


def _first(shape: language.Operators) -> DocumentPath:
    """The way to the first operator of a condition."""
    names = (*OPERATORS, "all_of", "any_of")
    return next(((name,) for name in names if getattr(shape, name) is not UNSET), ())


def in_words(shape: language.Operators) -> str:
    """A condition as a reader would say it: `0 or 1`, `at least 5`."""
    parts = {
        name: _phrase(operator, operand)
        for name, operator in OPERATORS.items()
        if not isinstance(operand := getattr(shape, name), UnsetType)
    }
    if shape.all_of is not UNSET:
        parts["all_of"] = " and ".join(_grouped(in_words(item)) for item in shape.all_of)
    if shape.any_of is not UNSET:
        parts["any_of"] = " or ".join(in_words(item) for item in shape.any_of)
    if shape.none_holds is not UNSET:
        parts["not"] = f"not {_grouped(in_words(shape.none_holds))}"
    choices = {"one_of", "any_of"} if len(parts) > 1 else set[str]()
    words = (_grouped(part) if name in choices else part for name, part in parts.items())
    return " and ".join(words)


def _grouped(words: str) -> str:
    return f"({words})" if " or " in words or " and " in words else words


def _phrase(operator: Operator, operand: Operand | list[Operand]) -> str:
    several = operator.takes in {"values", "pair", "parts"} and isinstance(operand, list)
    operands = cast("list[Operand]", operand if several else [operand])
    words = [
        f"{item:#x}" if operator.takes == "bits" and isinstance(item, int) else _word(item)
        for item in operands
    ]
    return operator.phrase.format(*words, any=" or ".join(words), all=" and ".join(words))


def _word(operand: Operand) -> str:
    if isinstance(operand, list):
        return f"the list {', '.join(map(_word, operand))}" if operand else "an empty list"
    return "an empty text" if operand == "" else str(operand)


def typed_operand(place: DocumentPath, operand: Operand, of: Type) -> Value:
    """An operand as values of the type compare. Raises OperandError if the type has none such."""
    kind = values.kind_of(of.name)
    if kind == "version":
        version = values.parse_version(str(operand))
        if version is None:
            message = f"{quoted(operand)} is no version: write it in quotes, like '15.1.2507'"
            raise OperandError(place, message)
        return version
    data = data_of(place, operand, of.name)
    typed = values.normal(of.name, data, exact=of.exact)
    assert typed is not None
    return typed


_DUE = {
    "number": "a number is due, without quotes",
    "text": "a text is due, in quotes",
    "list": "a list of texts is due",
    "bytes": "a hex text in quotes is due, such as '01 00 ff'",
}


def data_of(place: DocumentPath, operand: Operand, type_name: str) -> Data:
    """An operand as the data a registry value of the type has. Raises OperandError."""
    match values.kind_of(type_name), operand:
        case "number", int():
            return _in_range(place, operand, type_name)
        case "text", str():
            return operand
        case "list", list():
            return tuple(operand)
        case "bytes", str() if _HEX.fullmatch(data := "".join(operand.split()).lower()):
            return data
        case kind, _:
            due = _DUE.get(kind, "only whether it is there counts")
            raise OperandError(place, f"{quoted(operand)} does not fit {type_name}: {due}")


_HEX = re.compile("([0-9a-f]{2})*")


def _in_range(place: DocumentPath, number: int, type_name: str) -> int:
    most = values.highest(type_name)
    if most is not None and not 0 <= number <= most:
        limit = f"0x{most:X}"
        message = f"{number} is out of range: a {type_name} is a whole number from 0 to {limit}"
        raise OperandError(place, message)
    return number


def check_write(write: Operand, allowed: ValueSet, of: Type) -> Data:
    """What a fix writes, as data. Raises OperandError when it would not bring the value there."""
    if not values.contains(allowed, typed_operand(("write",), write, of)):
        message = f"a fix would write {quoted(write)}, which does not meet the operators beside it"
        raise OperandError(("write",), message, Code.WRONG_WRITE)
    return data_of(("write",), write, of.name)
