"""The steps of a fix: each change with what stands there now, and the keys that it makes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from hklint.fact import Absent, Fact, RegistryKey, RegistryValue, Unreadable
from hklint.fix import Fix, Step
from hklint.fold import fold
from hklint.judging.changed import keys_of
from hklint.judging.ways import after
from hklint.snapshot import Snapshot, lookup_key
from hklint.verdict import Change


def fix_of(
    snapshot: Snapshot,
    policies: Sequence[str],
    changes: Iterable[Change],
    asking: Mapping[Fact, Sequence[str]],
) -> Fix:
    """The changes as a fix; `asking` has the names of the verdicts that rest on each fact."""
    steps = sorted((_step(snapshot, change, asking) for change in changes), key=_place)
    written = [step.fact for step in steps if not isinstance(step.after, Absent)]
    new, unasked = _keys(written, snapshot)
    return Fix((snapshot.host,), snapshot.taken_at, tuple(policies), tuple(steps), new, unasked)


def _step(snapshot: Snapshot, change: Change, asking: Mapping[Fact, Sequence[str]]) -> Step:
    fact, before = change.fact, snapshot.observe(change.fact)
    assert isinstance(fact, RegistryValue)
    assert not isinstance(before, Unreadable)
    names = tuple(asking.get(lookup_key(fact), ()))
    return Step(fact, before, after(change), names, change.restart)


def _place(step: Step) -> tuple[str, ...]:
    fact = step.fact
    return fact.hive, fold(fact.key), fact.view, fold(fact.value)


def _keys(
    written: Iterable[RegistryValue], snapshot: Snapshot
) -> tuple[tuple[RegistryKey, ...], tuple[RegistryKey, ...]]:
    """The keys that writing makes, and those above them of which nothing is known.

    Of these only the lowest counts: what lies further up is Windows' own.
    """
    new: dict[Fact, RegistryKey] = {}
    unasked: dict[Fact, RegistryKey] = {}
    for fact in written:
        for key in _missing(fact, snapshot):
            into = new if isinstance(snapshot.observe(key), Absent) else unasked
            into.setdefault(lookup_key(key), key)
    return tuple(new.values()), tuple(unasked.values())


def _missing(fact: RegistryValue, snapshot: Snapshot) -> Iterator[RegistryKey]:
    """The keys of a value that are absent, the uppermost first, after the one above if unasked."""
    keys = list(keys_of(fact))
    absent = [place for place, key in enumerate(keys) if isinstance(snapshot.observe(key), Absent)]
    if absent and absent[0] > 0 and isinstance(snapshot.observe(keys[absent[0] - 1]), Unreadable):
        yield keys[absent[0] - 1]
    yield from (keys[place] for place in absent)
