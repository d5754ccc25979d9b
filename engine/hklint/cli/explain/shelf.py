"""What pages are made from: documents, read and linked when a page asks for them."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from hklint import language
from hklint.documents.files import files_around, files_in, shipped_folder, shown_path
from hklint.errors import InvalidDocumentsError, UsageError
from hklint.linking.catalogue import Catalogue, errors_in, in_order, read_catalogue
from hklint.linking.library import Library, link_all, load
from hklint.linking.profile_checks import link_profiles
from hklint.linking.profiles import Choice
from hklint.model import Scalar


class Shelf:
    """The documents that come with hklint and more files, with settings for parameters."""

    def __init__(self, files: Sequence[Path], settings: Mapping[str, Scalar]) -> None:
        self._files = {shown_path(file): file for file in files}
        self._settings = settings
        self._linked: dict[tuple[str, str], Library] = {}

    @cached_property
    def catalogue(self) -> Catalogue:
        """All documents."""
        return read_catalogue([*files_in(shipped_folder()), *files_around(self._files.values())])

    @cached_property
    def policies(self) -> Mapping[str, language.Policy]:
        """The policies as they are written, by id."""
        found = sorted(self.catalogue.policies.items())
        return {key: msgspec.convert(item.root, language.Policy) for key, item in found}

    @cached_property
    def profiles(self) -> Mapping[str, language.Profile]:
        """The profiles as they are written, by id."""
        found = sorted(self.catalogue.profiles.items())
        return {key: msgspec.convert(item.root, language.Profile) for key, item in found}

    @cached_property
    def models(self) -> Mapping[str, language.Model]:
        """The models as they are written, by id."""
        found = sorted(self.catalogue.models.items())
        return {key: msgspec.convert(item.root, language.Model) for key, item in found}

    @cached_property
    def choices(self) -> Mapping[str, Choice]:
        """What each profile without mistakes comes to, by its id."""
        choices, _ = link_profiles(self.catalogue.documents, self.catalogue.broken)
        return dict(sorted(choices.items()))

    def linked(self, kind: str, name: str) -> Library:
        """A policy or model, linked with all that it rests on. Raises InvalidDocumentsError."""
        if (kind, name) not in self._linked:
            self._linked[kind, name] = self._link(kind, name)
        return self._linked[kind, name]

    def _link(self, kind: str, name: str) -> Library:
        wanted = [name] if kind == "policy" else []
        library, diagnostics = link_all(self.catalogue, wanted, self._settings)
        if name not in (library.policies if kind == "policy" else library.models):
            raise InvalidDocumentsError(in_order(errors_in(diagnostics)))
        used = {*library.documents, self.catalogue.documents[kind][name].path}
        mistakes = [item for item in errors_in(diagnostics) if item.span.path in used]
        if mistakes:
            raise InvalidDocumentsError(in_order(mistakes))
        return library

    def resolved(self, profile: str) -> Library:
        """A profile with the rules it chooses, linked. Raises InvalidDocumentsError."""
        path = self.catalogue.profiles[profile].path
        name = str(self._files[path]) if path in self._files else profile
        return load([], self._settings, [name])

    def name_of(self, file: Path) -> tuple[str, str]:
        """The kind and id of the document in a file.

        Raises UsageError, or InvalidDocumentsError if it has mistakes.
        """
        shown = shown_path(file)
        for kind, documents in self.catalogue.documents.items():
            for name, document in documents.items():
                if document.path == shown:
                    return kind, name
        mistakes = [
            item for item in errors_in(self.catalogue.diagnostics) if item.span.path == shown
        ]
        if mistakes:
            raise InvalidDocumentsError(in_order(mistakes))
        raise UsageError(f"{file}: this is no document of hklint")
