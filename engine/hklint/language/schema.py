"""JSON Schemas of the documents, and the check of a document against them."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any, cast

import msgspec

from hklint import language
from hklint.codes import Code
from hklint.documents.document import Document, DocumentPath
from hklint.language.descriptions import DESCRIPTIONS
from hklint.operators import NESTING, OPERATORS
from hklint.span import Diagnostic

_REF = "#/$defs/{name}"
_Kinds = Mapping[tuple[str, ...], type[language.Shape]]
_KINDS: dict[str, _Kinds] = {
    "expectations": language.EXPECTATIONS,
    "compared": language.COMPARED,
    "inputs": language.INPUTS,
}


def json_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one kind of document, for editors and for the check."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"hklint {kind}",
        **_schema_of(language.DOCUMENTS[kind]),
    }


def check(document: Document, kind: str) -> list[Diagnostic]:
    """Every place where the document has not the shape of its kind."""
    return check_part(document, (), document.root, language.DOCUMENTS[kind])


def check_part(
    document: Document, path: DocumentPath, part: object, shape: type[language.Shape]
) -> list[Diagnostic]:
    """Every place where a part, which stands at this path, has not its shape.

    The part may be a copy in which placeholders are filled in. It is checked by types, which is
    fast; the JSON Schema, which says the same, is only asked for the words when something is wrong.
    """
    misfit = _misfit(part, shape)
    if misfit is None:
        return []
    from hklint.language.shape_mistakes import shape_mistakes  # noqa: PLC0415 - jsonschema starts slowly

    message = f"this has not its form: {misfit}"
    unexplained = Diagnostic(document.value_span(path), message, "", Code.WRONG_FORM)
    return shape_mistakes(document, path, part, _schema_of(shape)) or [unexplained]


def _misfit(part: object, shape: type[language.Shape]) -> str | None:
    """Why a part has not its shape, in the words of msgspec; None if it has."""
    try:
        for mapping, kinds in _of_kinds(msgspec.convert(part, shape)):
            if len({keys[0] for keys in kinds} & mapping.keys()) != 1:
                return "it is not of exactly one kind"
            told = next(keys for keys in kinds if mapping.keys() >= set(keys))
            msgspec.convert(mapping, kinds[told])
    except msgspec.ValidationError as error:
        return str(error)
    return None


def _of_kinds(shape: language.Shape) -> Iterator[tuple[Mapping[str, object], _Kinds]]:
    """The mappings of a document whose shape is told by the keys that are there."""
    match shape:
        case language.Policy():
            for rule in shape.rules:
                yield rule.expect, language.EXPECTATIONS
                if "consistent" in rule.expect:
                    yield rule.expect["consistent"], language.COMPARED
                for affect in rule.affects:
                    if not isinstance(affect.when, msgspec.UnsetType):
                        yield affect.when, language.EXPECTATIONS
        case language.ConsistentExpectation():
            yield shape.consistent, language.COMPARED
        case language.Model():
            for item in shape.inputs.values():
                yield item, language.INPUTS
        case _:
            pass


@cache
def _schema_of(root: type[language.Shape]) -> dict[str, Any]:
    shapes = [root, *(shape for kinds in _KINDS.values() for shape in kinds.values())]
    (ref, *_), components = msgspec.json.schema_components(shapes, ref_template=_REF)
    used = _reachable(components, root.__name__)
    return {
        **ref,
        "$defs": {
            name: _described(_with_kinds(components[name])) | _CHOICES.get(name, {})
            for name in sorted(used)
        },
    }


_CHOICES = {
    language.KeyExpectation.__name__: {
        "oneOf": [{"required": [name]} for name in language.KEY_QUESTIONS]
    }
}
"""What msgspec can't say of a shape by its types."""


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a shape with a description for each key that has none of its own."""
    known = _descriptions()
    properties = {
        key: {"description": known[key], **value} if key in known else value
        for key, value in schema["properties"].items()
    }
    return {**schema, "properties": properties}


@cache
def _descriptions() -> dict[str, str]:
    """Every key that is explained; an operator by the first line of its help page."""
    pages = {name: operator.allows.__doc__ or "" for name, operator in OPERATORS.items()}
    return {name: page.partition("\n")[0] for name, page in pages.items()} | NESTING | DESCRIPTIONS


@cache
def key_descriptions() -> dict[str, list[str]]:
    """What each key of documents means; a key that stands in several places may mean several.

    Operators are left out: they have pages of their own.
    """
    found: dict[str, dict[str, None]] = {}
    for shape in language.DOCUMENTS.values():
        for part in _schema_of(shape)["$defs"].values():
            for key, value in part["properties"].items():
                if "description" in value and key not in {*OPERATORS, *NESTING}:
                    found.setdefault(key, {})[value["description"]] = None
    return {key: list(meanings) for key, meanings in found.items()}


def _with_kinds(schema: object) -> Any:  # noqa: ANN401 - JSON is any of its types
    """Replaces the marks of `language` by a choice made on the key that is there.

    A plain `oneOf` would report each branch's errors; a chain of if and then reports only those of
    the kind the author meant.
    """
    if isinstance(schema, list):
        return [_with_kinds(item) for item in cast("list[object]", schema)]
    if not isinstance(schema, dict):
        return schema
    parts = cast("dict[str, object]", schema)
    if "$one_of_kinds" not in parts:
        return {key: _with_kinds(value) for key, value in parts.items()}
    kinds = _KINDS[str(parts["$one_of_kinds"])]
    described = {"description": parts["description"]} if "description" in parts else {}
    return {
        **described,
        "type": "object",
        "oneOf": [{"required": [key]} for key in dict.fromkeys(keys[0] for keys in kinds)],
        "allOf": [
            {"if": _told_by(keys, kinds), "then": {"$ref": _REF.format(name=shape.__name__)}}
            for keys, shape in kinds.items()
        ],
    }


def _told_by(keys: tuple[str, ...], kinds: Collection[tuple[str, ...]]) -> dict[str, Any]:
    """What holds for a mapping with these keys, and not with those of a longer kind."""
    longer = [other for other in kinds if set(keys) < set(other)]
    unless = {"not": {"anyOf": [{"required": list(other)} for other in longer]}} if longer else {}
    return {"required": list(keys), **unless}


def _reachable(components: Mapping[str, Any], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        text = str(_with_kinds(components[name]))
        waiting += [other for other in components if f"'{_REF.format(name=other)}'" in text]
    return found
