"""A start of the tests of a policy: hosts on which its rules pass and fail."""

from collections.abc import Iterable
from pathlib import Path

from hklint.authoring.examples import healthy, nothing_set, wrong
from hklint.authoring.observed_rule import slug
from hklint.authoring.start import id_from
from hklint.authoring.tests_text import Example, tests_text
from hklint.documents.files import files_around, files_in, is_path, shipped_folder
from hklint.fact import Fact, HostField
from hklint.facts.host import FIELDS
from hklint.linking.catalogue import read_catalogue
from hklint.linking.library import find, link
from hklint.snapshot import Snapshot

_COMMENT = """\
# Tests: facts of hosts that need not exist, and what has to come of judging them. hklint wrote down
# what the policy says today: look at every host and verdict, and change what is not meant so.
# A field or request that is not named is not readable; a registry key or value that is not named is
# absent. Values are a number, text or list, or {type: REG_SZ, value: "0"}, absent, or unreadable.
"""


_OBSERVED = """\
# Tests: what a host had, and what comes of judging it. Copy the case, and change a value.
"""


def tests_of_host(policy: Path, tests: Path, snapshot: Snapshot, asked: Iterable[Fact]) -> str:
    """Tests of the policy in a file with this host, as it was observed, as the passing case."""
    catalogue = read_catalogue([*files_in(shipped_folder()), *files_around([policy])])
    library = link(catalogue, [find(catalogue, "policy", str(policy))], {})
    (tested,) = library.policies.values()
    name = slug(f"host {snapshot.host}")
    facts = {fact: snapshot.observe(fact) for fact in (*map(HostField, FIELDS), *asked)}
    return _OBSERVED + tests_text(
        {"id": id_from(tests) or f"{tested.id}-tests", "title": f"Tests of {tested.id}"},
        tested,
        {name: facts},
        [Example(f"The host at {snapshot.taken_at}", name)],
        (catalogue, library),
    )


def tests_of_policy(policy: str, name: str | None, title: str | None) -> str:
    """Tests of a policy, named by id or path, that all pass.

    Raises UsageError and InvalidDocumentsError as `library.load` does.
    """
    around = files_around([Path(policy)]) if is_path(policy) else []
    catalogue = read_catalogue([*files_in(shipped_folder()), *around])
    library = link(catalogue, [find(catalogue, "policy", policy)], {})
    (tested,) = library.policies.values()
    host = healthy(tested)
    failing = wrong(tested, host)
    examples = [
        Example("A healthy host", "healthy"),
        Example("A host on which nothing is set", "nothing-set"),
        Example("A host on which every value is wrong", "healthy", failing),
    ]
    return _COMMENT + tests_text(
        {"id": name or f"{tested.id}-tests", "title": title or f"Tests of {tested.id}"},
        tested,
        {"healthy": host, "nothing-set": nothing_set(tested)},
        examples if failing else examples[:-1],
        (catalogue, library),
    )
