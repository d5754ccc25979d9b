"""Which tests there are, and what they have to meet: from files and folders to suites."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from hklint.documents.files import (
    TESTS_SUFFIX,
    files_around,
    files_in,
    real_path,
    shipped_folder,
    shown_path,
)
from hklint.errors import InvalidDocumentsError, UsageError
from hklint.linking.catalogue import Catalogue, errors_in, in_order, read_catalogue
from hklint.linking.document_files import document_files, documents_beside
from hklint.linking.library import Library, link_all
from hklint.linking.model_checks import FollowUp
from hklint.model import Model, Table
from hklint.policy import Policy
from hklint.policy_tests.linked import Suite, link_tests
from hklint.span import Diagnostic


class Loaded(msgspec.Struct, frozen=True):
    """The suites to run, and the policies and models that they have to meet.

    `warnings` is what looks wrong in the documents of the tests, `documents` the text of all
    documents by the path that spans name.
    """

    suites: tuple[Suite, ...]
    policies: tuple[Policy, ...]
    models: tuple[Model, ...]
    warnings: tuple[Diagnostic, ...]
    documents: Mapping[str, str]


def load(paths: Sequence[Path]) -> Loaded:
    """The tests in these files and folders; without any, those that come with hklint.

    Raises UsageError when there are none, and InvalidDocumentsError with everything that is wrong
    with them and with what they test.
    """
    looked_at = list(paths) or [shipped_folder()]
    files = _files(looked_at)
    around = [*files_in(shipped_folder()), *files_around(files), *_beside(files)]
    mine = {file.resolve() for file in files}
    # Of two documents with one id the second is reported: that is to be one of those looked at.
    catalogue = read_catalogue([*(file for file in around if file.resolve() not in mine), *files])
    shown = set(map(shown_path, files))
    tests = [item for item in catalogue.documents["tests"].values() if item.path in shown]
    tested = {str(item.root["policy"]) for item in tests if "policy" in item.root}
    counted = tested.intersection(catalogue.policies) | {
        name for name, item in catalogue.policies.items() if item.path in shown
    }
    library, diagnostics = link_all(catalogue, sorted(counted), {})
    suites: list[Suite] = []
    for document in tests:
        suite, wrong = link_tests(document, catalogue, library)
        suites.append(suite)
        diagnostics += wrong
    others = {
        item.path for kind in ("profile", "waivers") for item in catalogue.documents[kind].values()
    }
    relevant = (shown - others) | {library.policies[name].path for name in counted}
    warnings = _sift(diagnostics, relevant)
    models = _models(catalogue, library, suites, shown)
    texts = {item.path: item.text for item in tests}
    return Loaded(
        tuple(suites),
        tuple(library.policies[name] for name in sorted(counted)),
        tuple(library.models[name] for name in sorted(models)),
        tuple(in_order(warnings)),
        {**library.documents, **texts},
    )


def _files(paths: Sequence[Path]) -> list[Path]:
    """The tests that are named, and all documents in the folders that are named."""
    folders = [path for path in paths if path.is_dir()]
    files = [path for path in paths if not path.is_dir()]
    for file in files:
        if not file.exists():
            raise UsageError(f"{file}: there is no such file or folder")
        if not file.name.endswith(TESTS_SUFFIX):
            beside = file.with_name(f"{file.stem}{TESTS_SUFFIX}")
            hint = f"; did you mean {beside}?" if beside.exists() else ""
            raise UsageError(
                f"{file}: no tests, the name of a file with tests ends in {TESTS_SUFFIX}{hint}"
            )
    tests = [file for folder in folders for file in sorted(folder.rglob(f"*{TESTS_SUFFIX}"))]
    if not (tests or files):
        raise UsageError(f"no tests (*{TESTS_SUFFIX}) in: {', '.join(map(str, paths))}")
    others = document_files(folders).files if folders else ()
    return list(dict.fromkeys(file.resolve() for file in (*others, *tests, *files)))


def _beside(files: Iterable[Path]) -> Iterator[Path]:
    """The documents in the same folders as tests, without other tests."""
    for file in documents_beside(files, {"tests"}):
        if not file.name.endswith(TESTS_SUFFIX):
            yield file


def _sift(diagnostics: Sequence[Diagnostic], paths: set[str]) -> list[Diagnostic]:
    """The warnings about documents at these paths. Raises InvalidDocumentsError for errors."""
    mine = [item for item in diagnostics if item.span.path in paths]
    errors = errors_in(mine)
    if any(isinstance(item, FollowUp) for item in errors):
        errors = errors_in(diagnostics)
    if errors:
        raise InvalidDocumentsError(in_order(errors))
    return mine


def _models(
    catalogue: Catalogue, library: Library, suites: Iterable[Suite], shown: set[str]
) -> set[str]:
    """The models whose rows tests have to meet: those in the folders that are looked at, and more.

    Tests of models have to meet the models that they name, and tests of a policy those that it
    rests on. But whoever only uses a model that comes with hklint need not test it again.
    """
    found = {name for name, item in catalogue.models.items() if item.path in shown}
    for suite in suites:
        named = [item.table for case in suite.cases for item in case.expected.states]
        if suite.policy is None:
            own = _is_shipped(suite.path)
            used = {table.model.id for table in named}
        else:
            own = False
            used = _below([*named, *suite.policy.tables()])
        found |= {name for name in used if own or not _is_shipped(catalogue.models[name].path)}
    return found & library.models.keys()


def _below(tables: Iterable[Table]) -> set[str]:
    """The models of tables, and of all tables that those ask."""
    waiting = list(tables)
    found: set[str] = set()
    seen: set[int] = set()
    while waiting:
        table = waiting.pop()
        if id(table) not in seen:
            seen.add(id(table))
            found.add(table.model.id)
            waiting += [item.asks for item in table.inputs if isinstance(item.asks, Table)]
    return found


def _is_shipped(shown: str) -> bool:
    return real_path(shown).is_relative_to(shipped_folder())
