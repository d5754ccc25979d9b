"""Parameters of policies: what the user sets, checked against what the policy declares."""

import re
from collections.abc import Mapping, Sequence

from hklint.errors import UsageError
from hklint.language import Parameter
from hklint.messages import quoted
from hklint.model import Scalar
from hklint.url import is_https_url

_INTEGER = re.compile(r"[-+]?[0-9]{1,20}")


class ParameterError(Exception):
    """A value does not fit its parameter; the message says what would."""


def parse_settings(settings: Sequence[str]) -> dict[str, str]:
    """`name=value` texts of the command line as a mapping. Raises UsageError."""
    parsed: dict[str, str] = {}
    for text in settings:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--set {text!r}: write it as NAME=VALUE")
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
        words = ", ".join(map(str, parameter.one_of))
        raise ParameterError(f"{quoted(value)} is not one of: {words}")
    if parameter.type == "integer":
        if not _INTEGER.fullmatch(str(value)):
            raise ParameterError(f"{quoted(value)} is no whole number")
        return int(value)
    if parameter.type == "url" and not is_https_url(str(value)):
        # What has an @ may hold a password, which no message shows.
        shown = "the value" if "@" in str(value) else quoted(value)
        raise ParameterError(f"{shown} is no https:// URL (without a password in it)")
    return str(value)


def check_known(settings: Mapping[str, str], declared: set[str]) -> None:
    """Raises UsageError for a setting that no policy has."""
    for name in settings:
        if name not in declared:
            known = ", ".join(sorted(declared)) or "none"
            raise UsageError(
                f"--set {name}: the policies have no such parameter (they have: {known})"
            )
