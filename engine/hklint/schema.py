"""JSON Schemas of the documents, and the check of a document against them."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any, cast

import msgspec
from jsonschema import Draft202012Validator, TypeChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend  # pyright: ignore[reportUnknownVariableType] # no stub

from hklint import language
from hklint.descriptions import DESCRIPTIONS
from hklint.document import Document, DocumentPath
from hklint.messages import quoted, suggestion
from hklint.span import Diagnostic

_REF = "#/$defs/{name}"
_KINDS = {"expectations": language.EXPECTATIONS, "inputs": language.INPUTS}


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

    The part may be a copy in which placeholders are filled in.
    """
    validator: Any = _validator(shape)
    errors: list[ValidationError] = list(validator.iter_errors(part))
    undecided = {tuple(error.absolute_path) for error in errors if error.validator == "oneOf"}
    found = dict.fromkeys(
        item
        for error in errors
        if error.validator == "oneOf" or not _is_below(tuple(error.absolute_path), undecided)
        for item in _diagnostics(document, error, path)
    )
    return sorted(found, key=lambda item: (item.span.line, item.span.column))


def _is_below(path: DocumentPath, places: Collection[DocumentPath]) -> bool:
    return any(path[:length] in places for length in range(len(path) + 1))


@cache
def _validator(shape: type[language.Shape]) -> Draft202012Validator:
    return _Validator(_schema_of(shape))


def _is_integer(_: TypeChecker, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


# JSON Schema takes 1000.0 for an integer, the shapes in `language` do not.
_Validator = cast(
    "type[Draft202012Validator]",
    extend(  # type: ignore[no-untyped-call] # the stubs leave it open
        Draft202012Validator,
        type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
    ),
)


def _schema_of(root: type[language.Shape]) -> dict[str, Any]:
    shapes = [root, *language.EXPECTATIONS.values(), *language.INPUTS.values()]
    (ref, *_), components = msgspec.json.schema_components(shapes, ref_template=_REF)
    used = _reachable(components, root.__name__)
    return {
        **ref,
        "$defs": {name: _described(_with_kinds(components[name])) for name in sorted(used)},
    }


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a shape with a description for each key that has none of its own."""
    properties = {
        key: {"description": DESCRIPTIONS[key], **value} if key in DESCRIPTIONS else value
        for key, value in schema["properties"].items()
    }
    return {**schema, "properties": properties}


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
    return {
        "type": "object",
        "oneOf": [{"required": [key]} for key in kinds],
        "allOf": [
            {"if": {"required": [key]}, "then": {"$ref": _REF.format(name=shape.__name__)}}
            for key, shape in kinds.items()
        ],
    }


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


def _diagnostics(
    document: Document, error: ValidationError, base: DocumentPath
) -> Iterator[Diagnostic]:
    path = (*base, *error.absolute_path)
    instance, wanted = cast("Any", error.instance), cast("Any", error.validator_value)
    match error.validator:
        case "additionalProperties":
            allowed = sorted(cast("dict[str, Any]", error.schema)["properties"])
            for key in sorted(set(instance) - set(allowed)):
                message = f"the key {quoted(key)} is not known here"
                yield Diagnostic(document.key_span((*path, key)), message, suggestion(key, allowed))
        case "required":
            for key in wanted:
                if key not in instance:
                    message = f"{_what(path)} has no {quoted(key)}"
                    hint = _description(cast("Any", error.schema), key)
                    yield Diagnostic(document.key_span(path), message, hint)
        case "oneOf":
            keys = [option["required"][0] for option in wanted]
            message = f"{_what(path)} needs exactly one of: {', '.join(keys)}"
            yield Diagnostic(document.key_span(path), message, _choice_help(instance, keys))
        case "anyOf":
            yield from _no_variant(document, error, base)
        case _ if "propertyNames" in error.absolute_schema_path:
            message = f"{quoted(instance)} can't be a name here"
            hint = "lower-case letters, digits, - and _, beginning with a letter"
            yield Diagnostic(document.key_span((*path, instance)), message, hint)
        case _:
            yield Diagnostic(document.value_span(path), *_sentence(error))


def _choice_help(instance: Mapping[str, object], keys: list[str]) -> str:
    there = [key for key in keys if key in instance]
    if there:
        return f"here are: {', '.join(there)}"
    hints = [suggestion(key, keys) for key in instance]
    return next((hint for hint in hints if hint.startswith("did you mean")), "")


def _description(schema: Mapping[str, Any], key: str) -> str:
    found: Mapping[str, Any] = schema.get("properties", {}).get(key, {})
    return str(found.get("description", ""))


def _no_variant(
    document: Document, error: ValidationError, base: DocumentPath
) -> Iterator[Diagnostic]:
    """The mistakes of the variants whose type fits, or else what would be right."""
    path = (*base, *error.absolute_path)
    context = error.context or ()
    here = [item for item in context if item.absolute_path == error.absolute_path]
    unfit = {item.schema_path[0] for item in here if item.validator in {"type", "enum"}}
    fit = [item for item in context if item.schema_path[0] not in unfit]
    if fit:
        for inner in fit:
            yield from _diagnostics(document, inner, base)
        return
    words = [word for item in here if item.validator == "enum" for word in _words(item)]
    names = [word for item in here if item.validator == "type" for word in _words(item)]
    message = f"{quoted(error.instance)} is {_none_of([*words, *names])}"
    hint = suggestion(str(error.instance), words) if words else _type_help(error.instance, names)
    yield Diagnostic(document.value_span(path), message, hint)


def _none_of(words: list[str]) -> str:
    unique = list(dict.fromkeys(words))
    return f"not {' or '.join(unique)}" if len(unique) < 3 else f"none of: {', '.join(unique)}"  # noqa: PLR2004 - two read well in a sentence


def _words(error: ValidationError) -> list[str]:
    value = cast("object", error.validator_value)
    words = [
        str(word) for word in cast("list[object]", value if isinstance(value, list) else [value])
    ]
    return [_TYPE_NAMES[word] for word in words] if error.validator == "type" else words


def _sentence(error: ValidationError) -> tuple[str, str]:
    shown = quoted(error.instance)
    match error.validator:
        case "enum":
            words = _words(error)
            return f"{shown} is not one of: {', '.join(words)}", suggestion(
                str(error.instance), words
            )
        case "type":
            names = _words(error)
            return f"{shown} is not {' or '.join(names)}", _type_help(error.instance, names)
        case "pattern":
            schema = cast("Mapping[str, Any]", error.schema)
            return f"{shown} has not the right form", str(schema.get("description", ""))
        case "minLength" | "minItems" | "minProperties":
            return f"{_what(tuple(error.absolute_path))} must not be empty", ""
        case "maxItems":
            return f"this list has more than {error.validator_value} items", ""
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


def _type_help(instance: object, names: list[str]) -> str:
    if "text" not in names:
        return ""
    if isinstance(instance, bool) and "a whole number" in names:
        return "write 1 or 0, or put it in quotes"
    if isinstance(instance, int | float):
        return "put it in quotes"
    if isinstance(instance, dict):
        keys = list(cast("dict[str, object]", instance).items())
        if len(keys) == 1 and keys[0][1] is None:
            return f'put it in quotes: "{{{keys[0][0]}}}"'
    return ""


def _what(path: DocumentPath) -> str:
    match path:
        case (*_, str(key)):
            return quoted(key)
        case (*_, str(key), int(number)):
            return f"item {number + 1} of {quoted(key)}"
        case _:
            return "the document"
