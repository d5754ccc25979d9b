"""The fast check of a document's shape and its published JSON Schema say the same."""

import copy
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hklint.documents.document import Document, parse_document, read_document
from hklint.documents.files import shipped_folder
from hklint.errors import InvalidDocumentsError
from hklint.language import DOCUMENTS, schema
from hklint.language.schema import json_schema
from hklint.language.shape_mistakes import shape_mistakes

SHIPPED = sorted(shipped_folder().rglob("*.yaml"))


def fits(document: Document, kind: str) -> bool:
    return schema._misfit(document.root, DOCUMENTS[kind]) is None


def mistakes(document: Document, kind: str) -> list[str]:
    found = shape_mistakes(document, (), document.root, json_schema(kind))
    return [item.message for item in found]


def test_full_documents_use_every_key(full: Mapping[str, Document]) -> None:
    shapes = [shape for kind in DOCUMENTS for shape in json_schema(kind)["$defs"].values()]
    keys = {key for shape in shapes for key in shape["properties"]}
    used = set().union(*(_keys_in(document.root) for document in full.values()))
    assert keys - used == set()


def _keys_in(node: object) -> set[str]:
    if isinstance(node, dict):
        return set(node).union(*map(_keys_in, node.values()))
    return set().union(*map(_keys_in, node)) if isinstance(node, list) else set()


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_full_document_is_valid_both_ways(kind: str, full: Mapping[str, Document]) -> None:
    assert mistakes(full[kind], kind) == []
    assert schema.check(full[kind], kind) == []


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_document_is_valid_both_ways(file: Path) -> None:
    document = read_document(file)
    assert mistakes(document, document.root["kind"]) == []
    assert fits(document, document.root["kind"])


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), kind=st.sampled_from(list(DOCUMENTS)))
def test_a_damaged_document_is_judged_alike(
    data: st.DataObject,
    kind: str,
    full: Mapping[str, Document],
    damage: Callable[[dict[str, Any], st.DataObject], None],
) -> None:
    root = copy.deepcopy(dict(full[kind].root))
    for _ in range(data.draw(st.integers(1, 2))):
        damage(root, data)
    try:
        document = parse_document(json.dumps(root), "damaged.yaml")  # JSON is YAML
    except InvalidDocumentsError:
        return
    found = mistakes(document, kind)
    assert fits(document, kind) == (found == []), found
