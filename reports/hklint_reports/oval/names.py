"""Ids of OVAL: numbers that stay the same as long as a rule keeps its name.

An id is `oval:<who>:<kind>:<number>` (DefinitionIDPattern and its like in oval-common-schema.xsd).
"""

from hashlib import sha256

_LOWEST = 10**15
_NUMBERS = 9 * _LOWEST


def number(policy: str, rule: str, instance: str) -> int:
    """The number of an instance of a rule; it has 16 digits."""
    said = f"{policy}\0{rule}\0{instance}".encode("utf-8", "surrogatepass")
    return _LOWEST + int.from_bytes(sha256(said).digest()[:8], "big") % _NUMBERS


def definition_id(policy: str, rule: str, instance: str) -> str:
    """The id of the definition of an instance of a rule."""
    return f"oval:hklint:def:{number(policy, rule, instance)}"


def object_id(of: int) -> str:
    """The id of the object that the definition of this number is about."""
    return f"oval:hklint:obj:{of}"


def test_id(of: int, index: int) -> str:
    """The id of one of the tests of a definition, counted from 1."""
    return f"oval:hklint:tst:{of}{index:05}"


def state_id(of: int, index: int) -> str:
    """The id of the state that a test of this index asks for."""
    return f"oval:hklint:ste:{of}{index:05}"
