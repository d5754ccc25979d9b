"""Lint: everything that is wrong with documents, and everything that looks wrong in them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from hklint.documents.document import Document
from hklint.documents.files import files_around, files_in, shipped_folder, shown_path
from hklint.linking.catalogue import Catalogue, in_order, read_catalogue
from hklint.linking.document_files import DocumentFiles, document_files, documents_beside
from hklint.linking.library import link_all
from hklint.linking.waiver_files import known_rules
from hklint.linking.waivers import WaiverLinker
from hklint.linting.checks import content_mistakes
from hklint.linting.checks.waivers import waiver_warnings
from hklint.linting.choice import without_allowed
from hklint.policy_tests.linked import check as check_tests
from hklint.span import Diagnostic

_BESIDE = {"waivers", "tests"}
"""Kinds whose documents speak of others that lie beside them."""


class Findings(msgspec.Struct, frozen=True):
    """What lint found, by place.

    `files` has those that were looked at by the path that spans name, and `skipped` the YAML files
    that are none of hklint's.
    """

    diagnostics: tuple[Diagnostic, ...]
    files: dict[str, Path]
    skipped: tuple[str, ...] = ()

    @property
    def errors(self) -> list[Diagnostic]:
        """What makes a document unusable."""
        return [item for item in self.diagnostics if item.code.severity == "error"]

    @property
    def warnings(self) -> list[Diagnostic]:
        """What looks wrong."""
        return [item for item in self.diagnostics if item.code.severity == "warning"]


def lint(paths: Sequence[Path]) -> Findings:
    """Everything that is found in these files and folders.

    What comes with hklint, and what lies around the files, is known to them. Raises UsageError when
    there is nothing to look at.
    """
    found = document_files(paths)
    files = {shown_path(file): file for file in found.files}
    catalogue = read_catalogue(_reading_order(found))
    diagnostics = _mistakes(catalogue, files, whole=any(path.is_dir() for path in paths))
    errors = in_order(item for item in diagnostics if item.code.severity == "error")
    warnings = dict.fromkeys(item for item in diagnostics if item.code.severity == "warning")
    usable = files.keys() - {item.span.path for item in errors}
    documents = [item for kind in catalogue.documents for item in _of(catalogue, kind, usable)]
    both = sorted([*errors, *without_allowed(list(warnings), documents)], key=_place)
    return Findings(tuple(both), files, tuple(map(shown_path, found.skipped)))


def _mistakes(catalogue: Catalogue, files: Mapping[str, Path], *, whole: bool) -> list[Diagnostic]:
    """Errors and warnings of the documents at these paths; `whole` folders have all that is named.

    Of policies only those are linked that are looked at, or that tests are about.
    """
    policies = [*_of(catalogue, "policy", files)]
    tests = [*_of(catalogue, "tests", files)]
    named = {str(item.root["id"]) for item in policies} | {
        str(item.root["policy"]) for item in tests if item.root.get("policy") in catalogue.policies
    }
    library, diagnostics = link_all(catalogue, sorted(named), {})
    for document in tests:
        diagnostics += check_tests(document, catalogue, library)
    linker = WaiverLinker(known_rules(catalogue.policies.values()), every_policy=whole)
    waivers = [
        item for document in _of(catalogue, "waivers", files) for item in linker.link(document)
    ]
    diagnostics += [*linker.diagnostics, *waiver_warnings(waivers, datetime.now(UTC))]
    broken = {item.span.path for item in diagnostics if item.code.severity == "error"}
    diagnostics += content_mistakes(
        [item for item in policies if item.path not in broken],
        [item for item in _of(catalogue, "model", files) if item.path not in broken],
        library.policies,
        library.models,
    )
    return [item for item in diagnostics if item.span.path in files]


def _of(catalogue: Catalogue, kind: str, paths: Collection[str]) -> Iterator[Document]:
    """The documents of a kind at these paths."""
    return (item for item in catalogue.documents[kind].values() if item.path in paths)


def _reading_order(found: DocumentFiles) -> list[Path]:
    """All files to read; those looked at come last: of two with one id the second is reported."""
    around = [
        *files_in(shipped_folder()),
        *files_around(found.files),
        *documents_beside(found.files, _BESIDE),
    ]
    resolved = (file.resolve() for file in around)
    return [*(file for file in resolved if file not in found.files), *found.files]


def _place(item: Diagnostic) -> tuple[str, int, int]:
    return item.span.path, item.span.line, item.span.column
