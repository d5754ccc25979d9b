"""Parameters of policies: what they allow, and the values that users and profiles give them."""

import re
from collections.abc import Collection, Mapping, Sequence

import msgspec
from msgspec import UNSET

from hklint import cover
from hklint.codes import Code
from hklint.errors import UsageError
from hklint.language import Parameter
from hklint.messages import quoted, suggestion
from hklint.model import Scalar
from hklint.url import is_https_url

DEFAULT = "default"
COMMAND_LINE = "--set"

_INTEGER = re.compile(r"[-+]?[0-9]{1,20}|0x[0-9a-fA-F]{1,16}")

ParameterKey = tuple[str, str]
"""A policy's id and the name of one of its parameters."""

Declared = Mapping[str, Mapping[str, Parameter]]
"""The parameters of policies, by the policy's id and the parameter's name."""


class Setting(msgspec.Struct, frozen=True):
    """A value given to a parameter; `source` is where it was given, in the user's words."""

    value: Scalar
    source: str


class ParameterError(Exception):
    """A value does not fit its parameter, or there is no such parameter; `help` is what to do."""

    def __init__(self, message: str, hint: str = "", code: Code = Code.PARAMETER_VALUE) -> None:
        self.help = hint
        self.code = code
        super().__init__(message)


def parse_settings(settings: Sequence[str]) -> dict[str, str]:
    """`name=value` texts of the command line as a mapping. Raises UsageError."""
    parsed: dict[str, str] = {}
    for text in settings:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--set {text!r}: write it as NAME=VALUE or POLICY.NAME=VALUE")
        if name in parsed:
            raise UsageError(f"--set {name}: given twice")
        parsed[name] = value
    return parsed


def parameter_value(parameter: Parameter, value: Scalar) -> Scalar:
    """The value in the parameter's type. Raises ParameterError."""
    if isinstance(parameter.one_of, list):
        for allowed in parameter.one_of:
            if str(value) == str(allowed):
                return allowed
        words = [str(item) for item in parameter.one_of]
        hint = suggestion(str(value), words)
        near = hint if hint.startswith("did you mean") else ""
        raise ParameterError(f"{quoted(value)} is not one of: {', '.join(words)}", near)
    match parameter.type:
        case "integer":
            return _integer(parameter, value)
        case "url":
            if is_https_url(str(value)):
                return str(value)
            # What has an @ may hold a password, which no message shows.
            shown = "the value" if "@" in str(value) else quoted(value)
            raise ParameterError(f"{shown} is no https:// URL (without a password in it)")
        case _:
            return _text(parameter, value)


def _integer(parameter: Parameter, value: Scalar) -> int:
    if not _INTEGER.fullmatch(str(value)):
        raise ParameterError(f"{quoted(value)} is no whole number")
    number = int(str(value), 16 if str(value).startswith("0x") else 10)
    low, high = ends_of(parameter)
    if (low is not None and number < low) or (high is not None and number > high):
        raise ParameterError(f"{number} is out of range: it has to be {range_in_words(low, high)}")
    return number


def _text(parameter: Parameter, value: Scalar) -> str:
    if isinstance(value, int):
        raise ParameterError(f"{value} is a number, and a text is due", "put it in quotes")
    if isinstance(parameter.matches, str):
        try:
            fits = cover.matches(cover.ANY_CASE + parameter.matches, value)
        except cover.PatternError:
            raise ParameterError("the parameter's own pattern can't be understood") from None
        if not fits:
            raise ParameterError(f"{quoted(value)} does not match the pattern {parameter.matches}")
    return value


def ends_of(parameter: Parameter) -> tuple[int | None, int | None]:
    """The lowest and the highest number allowed; None where there is no limit."""
    if isinstance(parameter.between, list):
        low, high = parameter.between
        return low, high
    return (
        None if parameter.at_least is UNSET else parameter.at_least,
        None if parameter.at_most is UNSET else parameter.at_most,
    )


def range_in_words(low: int | None, high: int | None) -> str:
    """A range as a reader would say it; None is no limit."""
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"from {low} to {high}"


def in_words(parameter: Parameter) -> str:
    """What a parameter allows, as a reader would say it: `a whole number from 1 to 10`."""
    if isinstance(parameter.one_of, list):
        return f"one of: {', '.join(map(str, parameter.one_of))}"
    match parameter.type:
        case "integer":
            ends = ends_of(parameter)
            limits = "" if ends == (None, None) else f" {range_in_words(*ends)}"
            return f"a whole number{limits}"
        case "url":
            return "an https:// URL"
        case _:
            return f"a text like {parameter.matches}" if parameter.matches else "a text"


def parameter_values(
    parameters: Mapping[str, Parameter], given: Mapping[str, Scalar]
) -> dict[str, Scalar]:
    """The values of a policy's parameters: those given, and defaults for the rest.

    Those given fit, as `given_values` has seen to; a default that does not is left as it is.
    """
    return {
        name: given[name] if name in given else _default(parameter)
        for name, parameter in parameters.items()
    }


def _default(parameter: Parameter) -> Scalar:
    try:
        return parameter_value(parameter, parameter.default)
    except ParameterError:
        return parameter.default


def given_values(name: str, value: Scalar, declared: Declared) -> dict[ParameterKey, Scalar]:
    """The parameters that a setting is for, NAME or POLICY.NAME, with its value in their types.

    Raises ParameterError.
    """
    policy, dot, plain = name.rpartition(".")
    if dot and policy not in declared:
        hint = suggestion(policy, declared)
        raise ParameterError(f"there is no policy {quoted(policy)} here", hint, Code.UNKNOWN_NAME)
    meant = [policy] if dot else list(declared)
    found = [item for item in meant if plain in declared[item]]
    if not found:
        names = sorted({known for item in meant for known in declared[item]})
        who = f"the policy {policy} has" if dot else "the policies have"
        they = "it has" if dot else "they have"
        message = f"{who} no such parameter ({they}: {', '.join(names) or 'none'})"
        near = suggestion(plain, names)
        hint = near if near.startswith("did you mean") else ""
        raise ParameterError(message, hint, Code.UNKNOWN_NAME)
    return {(item, plain): parameter_value(declared[item][plain], value) for item in found}


def in_order(names: Collection[str]) -> list[str]:
    """Names of settings in the order in which they apply: those for one policy come last."""
    return sorted(names, key=lambda name: "." in name)


def command_line_settings(
    given: Mapping[str, Scalar], declared: Declared
) -> dict[ParameterKey, Setting]:
    """What `--set` gives to the parameters of these policies. Raises UsageError."""
    settings: dict[ParameterKey, Setting] = {}
    for name in in_order(given):
        try:
            found = given_values(name, given[name], declared)
        except ParameterError as error:
            hint = f"; {error.help}" if error.help else ""
            raise UsageError(f"--set {name}: {error}{hint}") from None
        settings |= {key: Setting(value, COMMAND_LINE) for key, value in found.items()}
    return settings
