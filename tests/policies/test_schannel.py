"""The model of Schannel against `schannel.yaml`, on every build, with every pair of values."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from hklint.documents.document import read_document
from hklint.fact import Absent, Fact, HostField, Observation, Present, RegistryValue
from hklint.judging.evaluate import evaluate
from hklint.linking.bind import bind
from hklint.linking.library import Library
from hklint.snapshot import Snapshot

KEY = "SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols"
TABLE: dict[str, Any] = read_document(Path(__file__).parent / "schannel.yaml").root
NUMBERS: dict[str, list[int | None]] = {"absent": [None], "zero": [0], "other": [1, 2, 0xFFFFFFFF]}
COLUMNS = ("absent", "zero", "other")
StatesOf = Callable[[int, str, str, Observation, Observation], frozenset[str]]
WRONG = (Present("REG_SZ", "1"), Present("REG_QWORD", 1), Present("REG_BINARY", "01000000"))


def _defaults() -> Iterator[tuple[int, str, str, str]]:
    for build, words in TABLE["defaults"].items():
        for protocol, word in zip(TABLE["protocols"], words, strict=True):
            client, _, server = word.partition("/")
            yield int(build), protocol, "Client", client
            yield int(build), protocol, "Server", server or client


DEFAULTS = list(_defaults())


@pytest.mark.parametrize("build", sorted({row[0] for row in DEFAULTS}))
def test_every_pair_of_values(build: int, states_of: StatesOf) -> None:
    for _, protocol, role, default in (row for row in DEFAULTS if row[0] == build):
        for enabled, column in itertools.product(NUMBERS, COLUMNS):
            expected = TABLE["meaning"][default][enabled][COLUMNS.index(column)]
            for first, second in itertools.product(NUMBERS[enabled], NUMBERS[column]):
                states = states_of(build, protocol, role, _seen(first), _seen(second))
                assert (protocol, role, first, second, states) == (
                    *(protocol, role, first, second),
                    frozenset({expected}),
                )


@pytest.mark.parametrize("wrong", WRONG, ids=lambda present: present.type)
def test_another_type_is_any_value(wrong: Present, states_of: StatesOf) -> None:
    for build, protocol, role, default in DEFAULTS:
        meaning = TABLE["meaning"][default]
        for number, column in enumerate(COLUMNS):
            other = _seen(NUMBERS[column][0])
            assert states_of(build, protocol, role, wrong, other) == {
                meaning[enabled][number] for enabled in NUMBERS
            }
        for enabled in NUMBERS:
            other = _seen(NUMBERS[enabled][0])
            assert states_of(build, protocol, role, other, wrong) == set(meaning[enabled])


def test_every_listed_build_is_here(
    shipped: Library, host_with: Callable[[Mapping[Fact, Observation]], Snapshot]
) -> None:
    """A build that the model gets to know has to be written down here as well."""
    table = bind(shipped.models["schannel-default"], {"protocol": "TLS 1.3", "role": "Client"})
    for build in range(5000, 30000):
        listed = "unlisted" not in TABLE["defaults"].get(str(build), ["unlisted"])
        host = host_with({HostField("build"): Present("integer", build)})
        assert (build, evaluate(table, host).states != {"not-known"}) == (build, listed)


@pytest.fixture(scope="module")
def states_of(
    shipped: Library, host_with: Callable[[Mapping[Fact, Observation]], Snapshot]
) -> StatesOf:
    model = shipped.models["schannel-protocol"]

    def states(
        build: int, protocol: str, role: str, enabled: Observation, hidden: Observation
    ) -> frozenset[str]:
        key = f"{KEY}\\{protocol}\\{role}"
        observations: dict[Fact, Observation] = {
            HostField("build"): Present("integer", build),
            RegistryValue("HKLM", key, "Enabled"): enabled,
            RegistryValue("HKLM", key, "DisabledByDefault"): hidden,
        }
        table = bind(model, {"protocol": protocol, "role": role})
        return evaluate(table, host_with(observations)).states

    return states


def _seen(number: int | None) -> Observation:
    return Absent("value") if number is None else Present("REG_DWORD", number)
