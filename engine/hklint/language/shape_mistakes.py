"""What is wrong with the shape of a document, in words: JSON Schema's errors made readable."""

import itertools
from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

from jsonschema import Draft202012Validator, TypeChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend  # pyright: ignore[reportUnknownVariableType] # no stub

from hklint.codes import Code
from hklint.documents.document import Document, DocumentPath
from hklint.documents.rewrite import Edits, add_beside, at, replace_text
from hklint.language.registry_path import PathMistake, path_mistake
from hklint.messages import quoted, suggestion
from hklint.span import Diagnostic

MAX_ERRORS = 1000
"""Of JSON Schema; those behind are not looked for."""
MAX_DIAGNOSTICS = 100

_PATH_KEYS = {"registry", "registry_key"}
_PATH_MAPPINGS = {"registry", "registry_32"}


def shape_mistakes(
    document: Document, path: DocumentPath, part: object, schema: Mapping[str, Any]
) -> list[Diagnostic]:
    """The places where a part, which stands at this path, breaks the schema; not endlessly many."""
    validator: Any = _Validator(schema)
    errors: list[ValidationError] = list(itertools.islice(validator.iter_errors(part), MAX_ERRORS))
    undecided = [error for error in errors if error.validator == "oneOf" and _is_mapping(error)]
    places = {tuple(error.absolute_path) for error in undecided}
    others = [error for error in errors if not _is_below(tuple(error.absolute_path), places)]
    found = dict.fromkeys(
        item
        for error in (*undecided, *others)
        if error.validator != "oneOf" or _is_mapping(error)
        for item in _diagnostics(document, error, path)
    )
    ordered = sorted(found, key=lambda item: (item.span.line, item.span.column))
    if len(ordered) > MAX_DIAGNOSTICS:
        message = "there are more mistakes; mend these first"
        more = Diagnostic(ordered[MAX_DIAGNOSTICS].span, message, "", Code.WRONG_FORM)
        return [*ordered[:MAX_DIAGNOSTICS], more]
    return ordered


def _is_mapping(error: ValidationError) -> bool:
    return isinstance(cast("object", error.instance), dict)


def _is_below(path: DocumentPath, places: Collection[DocumentPath]) -> bool:
    return any(path[:length] in places for length in range(len(path) + 1))


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
                hint = suggestion(key, allowed)
                yield Diagnostic(document.key_span((*path, key)), message, hint, Code.UNKNOWN_KEY)
        case "required":
            for key in wanted:
                if key not in instance:
                    message = f"{_what(path)} has no {quoted(key)}"
                    hint = _description(cast("Any", error.schema), key)
                    yield Diagnostic(document.key_span(path), message, hint, Code.MISSING_KEY)
        case "oneOf":
            keys = [option["required"][0] for option in wanted]
            message = f"{_what(path)} needs exactly one of: {', '.join(keys)}"
            hint = _choice_help(instance, keys)
            yield Diagnostic(document.key_span(path), message, hint, Code.WHICH_KIND)
        case "anyOf":
            yield from _no_variant(document, error, base)
        case _ if "propertyNames" in error.absolute_schema_path:
            yield _wrong_name(document, path, error)
        case "pattern" if path[-1] in _PATH_KEYS and (mistake := path_mistake(instance)):
            edits = _path_edits(document, path, instance, mistake)
            span = document.value_span(path)
            yield Diagnostic(span, mistake.message, mistake.help, mistake.code, edits)
        case _:
            yield Diagnostic(document.value_span(path), *_sentence(error))


def _wrong_name(document: Document, path: DocumentPath, error: ValidationError) -> Diagnostic:
    name = str(cast("object", error.instance))
    span = document.key_span((*path, name))
    if error.validator == "enum":
        words = _words(error)
        message = f"{quoted(name)} is not one of: {', '.join(words)}"
        return Diagnostic(span, message, _near(name, words), Code.UNKNOWN_WORD)
    mistake = path_mistake(name) if path[-1] in _PATH_MAPPINGS else None
    if mistake is not None:
        return Diagnostic(span, mistake.message, mistake.help, mistake.code)
    hint = "lower-case letters, digits, - and _, beginning with a letter"
    return Diagnostic(span, f"{quoted(name)} can't be a name here", hint, Code.WRONG_FORM)


def _path_edits(document: Document, path: DocumentPath, shown: str, mistake: PathMistake) -> Edits:
    """The changes that mend a path; none if the document has another one, with names in braces."""
    if mistake.mended is None or at(document.root, path) != shown:
        return ()
    mended = replace_text(document, path, mistake.mended.path)
    if not mistake.mended.redirected:
        return mended
    beside = at(document.root, path[:-1])
    if "view" in beside:
        return mended if beside["view"] == "32-bit" else ()
    view = add_beside(document, path, "view", "32-bit")
    return (*mended, *view) if mended and view else ()


def _choice_help(instance: Mapping[str, object], keys: list[str]) -> str:
    there = [key for key in keys if key in instance]
    if there:
        return f"here are: {', '.join(there)}"
    return next(filter(None, (_near(key, keys) for key in instance)), "")


def _near(word: str, words: list[str]) -> str:
    """The word that was probably meant; "" if none is near, for the message names them all."""
    hint = suggestion(word, words)
    return hint if hint.startswith("did you mean") else ""


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
    hint = _near(str(error.instance), words) if words else _type_help(error.instance, names)
    code = Code.UNKNOWN_WORD if words else Code.WRONG_TYPE
    yield Diagnostic(document.value_span(path), message, hint, code)


def _none_of(words: list[str]) -> str:
    unique = list(dict.fromkeys(words))
    return f"not {' or '.join(unique)}" if len(unique) < 3 else f"none of: {', '.join(unique)}"  # noqa: PLR2004 - two read well in a sentence


def _words(error: ValidationError) -> list[str]:
    value = cast("object", error.validator_value)
    words = [
        str(word) for word in cast("list[object]", value if isinstance(value, list) else [value])
    ]
    return [_TYPE_NAMES[word] for word in words] if error.validator == "type" else words


def _sentence(error: ValidationError) -> tuple[str, str, Code]:
    """Message, help and code of what concerns one value."""
    shown = quoted(error.instance)
    match error.validator:
        case "enum":
            words = _words(error)
            message = f"{shown} is not one of: {', '.join(words)}"
            return message, _near(str(error.instance), words), Code.UNKNOWN_WORD
        case "type":
            names = _words(error)
            schema = cast("Mapping[str, Any]", error.schema)
            hint = _type_help(error.instance, names)
            if isinstance(error.instance, int | float) and "pattern" in schema:
                hint = str(schema.get("description", hint))
            elif names == ["a mapping"] and schema.get("required"):
                keys = ", ".join(f"{key}: ..." for key in schema["required"])
                hint = f"write {{{keys}}}"
            return f"{shown} is not {' or '.join(names)}", hint, Code.WRONG_TYPE
        case "pattern":
            schema = cast("Mapping[str, Any]", error.schema)
            hint = str(schema.get("description", ""))
            return f"{shown} has not the right form", hint, Code.WRONG_FORM
        case "minLength" | "minItems" | "minProperties":
            what = _what(tuple(error.absolute_path))
            return f"{what} must not be empty", "", Code.WRONG_SIZE
        case "maxItems":
            return f"this list has more than {error.validator_value} items", "", Code.WRONG_SIZE
        case "maxProperties":
            return f"this has more than {error.validator_value} entries", "", Code.WRONG_SIZE
        case "minimum" | "maximum":
            word = "least" if error.validator == "minimum" else "most"
            return f"{shown} must be at {word} {error.validator_value}", "", Code.WRONG_SIZE
        case _:
            return error.message, "", Code.WRONG_FORM


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
    if names == ["a list"] and isinstance(instance, str | int):
        return f"put it in brackets: [{quoted(instance)}]"
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
