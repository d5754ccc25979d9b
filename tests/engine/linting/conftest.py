"""What comes with hklint is read once for all tests here: each of them lints a file of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hklint.documents.document import Document, read_document
from hklint.documents.files import shipped_folder
from hklint.linking import catalogue


@pytest.fixture(scope="session", autouse=True)
def _reads_shipped_documents_once() -> Iterator[None]:
    shipped = shipped_folder().resolve()
    known: dict[Path, Document] = {}

    def read(file: Path, shown_path: str | None = None) -> Document:
        if not file.is_relative_to(shipped):
            return read_document(file, shown_path)
        if file not in known:
            known[file] = read_document(file, shown_path)
        return known[file]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "read_document", read)
        yield
