"""JSON Schemas of the documents, and the check of a document against them."""

import difflib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, cast

import msgspec
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from hklint import language
from hklint.document import Document, DocumentPath
from hklint.span import Diagnostic

_REF = "#/$defs/{name}"
_KINDS = {"expectations": language.EXPECTATIONS, "inputs": language.INPUTS}


def json_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one kind of document, for editors and for the check."""
    root = language.DOCUMENTS[kind]
    shapes = [root, *language.EXPECTATIONS.values(), *language.INPUTS.values()]
    (ref, *_), components = msgspec.json.schema_components(shapes, ref_template=_REF)
    used = _reachable(components, root.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"hklint {kind}",
        **ref,
        "$defs": {name: _with_kinds(components[name]) for name in sorted(used)},
    }


def check(document: Document, kind: str) -> Iterator[Diagnostic]:
    """Every place where the document has not the shape of its kind."""
    errors = _validator(kind).iter_errors(document.root)
    for error in sorted(errors, key=lambda error: [str(step) for step in error.absolute_path]):
        yield from _diagnostics(document, error)


@cache
def _validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(json_schema(kind))


def _with_kinds(schema: Any) -> Any:  # noqa: ANN401 - JSON is any of its types
    """Replaces the marks of `language` by a choice made on the key that is there.

    A plain `oneOf` would report each branch's errors; a chain of if and then reports only those of
    the kind the author meant.
    """
    if isinstance(schema, list):
        return [_with_kinds(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$one_of_kinds" not in schema:
        return {key: _with_kinds(value) for key, value in schema.items()}
    kinds = _KINDS[schema["$one_of_kinds"]]
    return {
        "type": "object",
        "oneOf": [{"required": [key]} for key in kinds],
        "allOf": [
            {"if": {"required": [key]}, "then": {"$ref": _REF.format(name=shape.__name__)}}
            for key, shape in kinds.items()
        ],
    }


def _reachable(components: dict[str, Any], start: str) -> set[str]:
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


def _diagnostics(document: Document, error: ValidationError) -> Iterator[Diagnostic]:
    path: DocumentPath = tuple(error.absolute_path)
    match error.validator:
        case "additionalProperties":
            allowed = sorted(cast("dict[str, Any]", error.schema)["properties"])
            for key in sorted(set(cast("dict[str, Any]", error.instance)) - set(allowed)):
                message = f"the key {key!r} is not known here"
                yield Diagnostic(document.key_span((*path, key)), message, _meant(key, allowed))
        case "required":
            missing = next(key for key in error.validator_value if key not in error.instance)  # type: ignore[operator, union-attr]
            yield Diagnostic(document.key_span(path), f"{_what(path)} has no {missing!r}")
        case "oneOf" if _is_kind_choice(error):
            keys = [option["required"][0] for option in error.validator_value]  # type: ignore[union-attr]
            message = f"{_what(path)} needs exactly one of {', '.join(keys)}"
            yield Diagnostic(document.key_span(path), message)
        case "anyOf":
            yield Diagnostic(document.value_span(path), *_no_variant(error))
        case _:
            yield Diagnostic(document.value_span(path), *_sentence(error))


def _is_kind_choice(error: ValidationError) -> bool:
    return all("required" in option for option in error.validator_value)  # type: ignore[union-attr]


def _no_variant(error: ValidationError) -> tuple[str, str]:
    """The mistakes of the variant whose type fits, or the words that would be right."""
    deeper = [
        inner
        for inner in error.context or ()
        if inner.validator not in {"type", "enum"} or inner.absolute_path != error.absolute_path
    ]
    if deeper and isinstance(error.instance, dict | list):
        return _sentence(deeper[0])
    words = [
        str(word)
        for inner in error.context or ()
        if inner.validator == "enum"
        for word in _list(inner.validator_value)
    ]
    return f"{_shown(error.instance)} is not allowed here", _meant(str(error.instance), words)


def _sentence(error: ValidationError) -> tuple[str, str]:
    value = error.validator_value
    shown = _shown(error.instance)
    match error.validator:
        case "enum":
            words = [str(word) for word in _list(value)]
            return f"{shown} is not one of {', '.join(words)}", _meant(str(error.instance), words)
        case "const":
            return f"{shown} must be {value!r}", ""
        case "type":
            names = " or ".join(_TYPE_NAMES.get(str(name), str(name)) for name in _list(value))
            return f"{shown} is not {names}", _type_help(error)
        case "pattern":
            hint = (
                str(error.schema.get("description", "")) if isinstance(error.schema, dict) else ""
            )
            return f"{shown} has not the right form", hint
        case "minLength" | "minItems" | "minProperties":
            return "must not be empty", ""
        case "additionalProperties":
            keys = ", ".join(repr(key) for key in error.instance)  # type: ignore[union-attr]
            return f"the keys {keys} are not all known here", ""
        case _:
            return error.message, ""


_TYPE_NAMES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "empty",
}


def _type_help(error: ValidationError) -> str:
    if error.validator_value == "string" and isinstance(error.instance, int | float):
        return "put it in quotes"
    return ""


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [value]


def _shown(instance: object) -> str:
    if isinstance(instance, dict):
        return "this mapping"
    if isinstance(instance, list):
        return "this list"
    return "an empty value" if instance is None else repr(instance)


def _what(path: DocumentPath) -> str:
    return repr(path[-1]) if path and isinstance(path[-1], str) else "this"


def _meant(word: str, allowed: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, allowed, 1)
    if close:
        return f"did you mean {close[0]!r}?"
    return "known are: " + ", ".join(allowed) if allowed else ""
