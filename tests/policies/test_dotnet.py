"""The model of .NET against `dotnet.yaml`, in both views, with every pair of values."""

import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from hklint.documents.document import read_document
from hklint.fact import Absent, Fact, Observation, Present, RegistryValue, View
from hklint.judging.evaluate import evaluate
from hklint.linking.bind import bind
from hklint.linking.library import Library
from hklint.snapshot import Snapshot

KEY = "SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319"
TABLE: dict[str, Any] = read_document(Path(__file__).parent / "dotnet.yaml").root
COLUMNS = ("missing", "zero", "one", "other")
SEEN: dict[str, tuple[Observation, ...]] = {
    "missing": (Absent("key"), Absent("value"), Present("REG_SZ", "1"), Present("REG_QWORD", 1)),
    "zero": (Present("REG_DWORD", 0),),
    "one": (Present("REG_DWORD", 1),),
    "other": (Present("REG_DWORD", 2), Present("REG_DWORD", 0xFFFFFFFF)),
}


@pytest.mark.parametrize("view", get_args(View))
@pytest.mark.parametrize("target", TABLE)
def test_every_pair_of_values(
    target: str,
    view: View,
    shipped: Library,
    host_with: Callable[[Mapping[Fact, Observation]], Snapshot],
) -> None:
    table = bind(shipped.models["dotnet-protocols"], {"target": target, "view": view})
    for inherits, (number, strong) in itertools.product(COLUMNS, enumerate(COLUMNS)):
        for first, second in itertools.product(SEEN[inherits], SEEN[strong]):
            states = evaluate(table, host_with(_values(view, first, second))).states
            expected = frozenset({TABLE[target][inherits][number]})
            assert (first, second, states) == (first, second, expected)


def _values(view: View, inherits: Observation, strong: Observation) -> dict[Fact, Observation]:
    """The values in one view, and in the other one the opposite."""
    other: View = "32-bit" if view == "64-bit" else "64-bit"
    return {
        RegistryValue("HKLM", KEY, "SystemDefaultTlsVersions", view): inherits,
        RegistryValue("HKLM", KEY, "SchUseStrongCrypto", view): strong,
        RegistryValue("HKLM", KEY, "SystemDefaultTlsVersions", other): Present("REG_DWORD", 1),
        RegistryValue("HKLM", KEY, "SchUseStrongCrypto", other): Present("REG_DWORD", 0),
    }
