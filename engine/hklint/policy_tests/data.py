"""Values as tests write them: a number, a text or a list stands for what a host would answer."""

from hklint import values
from hklint.fact import Absent, Observation, Present, Unreadable
from hklint.facts.host import FIELDS
from hklint.language import Scalar
from hklint.language.tests import Datum, TypedValue
from hklint.linking.conditions import OperandError, data_of
from hklint.messages import quoted
from hklint.policy_tests.asked import AskedValue

UNREADABLE = Unreadable("failed", "the test makes it unreadable")
DENIED = Unreadable("access-denied", "the test makes it unreadable")
_DEFAULT_TYPES = {int: "REG_DWORD", str: "REG_SZ", list: "REG_MULTI_SZ"}


def observation(datum: Datum, asked: AskedValue) -> Observation:
    """What a host that has this would answer. Raises OperandError.

    A datum without a type has the one that is asked for.
    """
    if datum == "absent":
        return Absent("value")
    if datum == "unreadable":
        return UNREADABLE
    if isinstance(datum, TypedValue):
        return Present(datum.type, data_of(("value",), datum.value, datum.type))
    fitting = [name for name in asked.types if _fits(datum, name)]
    if len(fitting) > 1:
        message = f"{quoted(datum)} could be {' or '.join(fitting)}: both are asked for"
        raise OperandError((), message)
    type_name = next(iter((*fitting, *asked.types)), _DEFAULT_TYPES[type(datum)])
    return Present(type_name, data_of((), datum, type_name))


def _fits(datum: int | str | list[str], type_name: str) -> bool:
    try:
        data_of((), datum, type_name)
    except OperandError:
        return False
    return True


def field_mistake(name: str, value: Scalar) -> tuple[str, str] | None:
    """Why a host can't have this in a field, and what to write."""
    if isinstance(value, int) != (FIELDS[name] == "integer"):
        due = "a number is due, without quotes" if isinstance(value, str) else "a text is due"
        return f"{quoted(value)} does not fit {name}: {due}", "" if isinstance(
            value, str
        ) else "put it in quotes"
    if FIELDS[name] == "version" and values.parse_version(str(value)) is None:
        return f"{quoted(value)} is no version", "write it like 15.1.2507"
    return None
