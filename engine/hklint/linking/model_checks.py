"""What can be wrong with a linked model, other than its table: texts, inner uses, size."""

import itertools
from collections.abc import Collection, Iterator
from typing import cast, get_args

from hklint import language
from hklint.codes import Code
from hklint.documents.document import Document, DocumentPath
from hklint.fact import HostField, RegistryKey, RegistryName, RegistryValue, View
from hklint.language.placeholders import fill_tree, misspelt_in, names_in, texts_in
from hklint.linking.bind import misfit, strangers
from hklint.messages import quoted, suggestion
from hklint.model import FactInput, Model, ModelInput, RequestInput, Scalar
from hklint.span import Diagnostic, Span
from hklint.url import is_https_url
from hklint.values import is_empty

MAX_TABLES = 100
"""How many tables a model may stand for, itself and all it asks counted: each is evaluated."""

MAX_TRIED = 1000
"""How many values of one inner argument are tried; what is left is found when it is used."""


class FollowUp(Diagnostic, frozen=True):
    """What is only wrong because something else is."""


def check_model(document: Document, shape: language.Model, model: Model) -> Iterator[Diagnostic]:
    """Everything that is wrong with a model whose names are linked."""
    yield from _names(document, model)
    yield from _texts(document, shape, model)
    for item in model.inputs:
        if isinstance(item, ModelInput):
            yield from _inner_use(document, model, item)
        elif isinstance(item, RequestInput):
            yield from _request(document, item)
        elif not isinstance(item.fact, HostField):
            yield from _view(document, model, item.name, item.fact)
    number = _tables(model)
    if number > MAX_TABLES:
        message = f"this asks {number} tables in all; at most {MAX_TABLES} are allowed"
        hint = "ask the same model only once"
        yield Diagnostic(document.key_span(("inputs",)), message, hint, Code.TOO_MANY)


def unused_states(document: Document, model: Model) -> Iterator[Diagnostic]:
    """States that no row comes to."""
    used = {row.state for row in model.rows}
    for name in model.states:
        if name not in used:
            span = document.key_span(("states", name))
            hint = "add a row for it, or remove the state"
            message = f"no row comes to the state {name!r}"
            yield Diagnostic(span, message, hint, Code.UNUSED_STATE)


def unproved_inputs(
    document: Document, model: Model, proved: Collection[str]
) -> Iterator[Diagnostic]:
    """Inputs that rest on a model which is not proved."""
    for item in model.inputs:
        if isinstance(item, ModelInput) and item.model.id not in proved:
            span = document.value_span(("inputs", item.name, "model"))
            yield broken_model(span, item.model.id)


def broken_model(span: Span, model_id: str) -> FollowUp:
    """What is said wherever a model is used that has mistakes."""
    message = f"model {model_id!r} can't be used: it has mistakes of its own"
    return FollowUp(span, message, "mend that model first", Code.BROKEN_DEPENDENCY)


def placeholder_mistakes(text: str, known: Collection[str]) -> Iterator[tuple[str, str]]:
    """What in braces stands for nothing, as message and help."""
    for name in names_in(text):
        if name not in known:
            yield f"{{{name}}} stands for nothing", suggestion(name, sorted(known))
    for name in misspelt_in(text, known):
        meant = name.strip().lower()
        yield f"{{{name}}} stands for nothing", f"did you mean {{{meant}}}?"


def _names(document: Document, model: Model) -> Iterator[Diagnostic]:
    for item in model.inputs:
        if item.name in model.parameters:
            message = f"{item.name!r} is a parameter already: rows could not tell them apart"
            yield Diagnostic(item.span, message, "rename one of them", Code.NAME_CLASH)
    for name, allowed in model.parameters.items():
        words = [str(value) for value in allowed or ()]
        if len(set(words)) < len(words):
            span = document.value_span(("parameters", name, "one_of"))
            yield Diagnostic(span, "a value is in this list twice", "", Code.LISTED_TWICE)


def _texts(document: Document, shape: language.Model, model: Model) -> Iterator[Diagnostic]:
    """Names in braces that stand for nothing."""
    parameters = set(shape.parameters)
    readable = parameters | {f"{item.name}.case" for item in model.inputs}
    readable |= {f"{i.name}.value" for i in model.inputs if not isinstance(i, ModelInput)}
    texts: list[tuple[DocumentPath, object, set[str]]] = [(("subject",), shape.subject, parameters)]
    for name, item in shape.inputs.items():
        keys = ("registry", "registry_key", "view", "value", "web_request")
        texts += [(("inputs", name, key), item.get(key, ""), parameters) for key in keys]
        for key, value in cast("dict[str, object]", item.get("with", {})).items():
            texts.append((("inputs", name, "with", key), value, parameters))
        if item.keys() & {"registry", "host"}:
            yield from _names_in_cases(document, ("inputs", name, "cases"), item["cases"])
    for number, row in enumerate(shape.rows):
        path: DocumentPath = ("rows", number, "because")
        texts.append((path, row.because, readable))
        yield from _unreadable_values(document, path, model, number)
    for path, text, known in texts:
        for message, hint in placeholder_mistakes(text, known) if isinstance(text, str) else ():
            span = document.value_span(path)
            yield Diagnostic(span, message, hint, Code.UNKNOWN_PLACEHOLDER)


def _names_in_cases(document: Document, path: DocumentPath, cases: object) -> Iterator[Diagnostic]:
    """Names in braces where values would be compared with them as they are written."""
    for where, text in texts_in(cases, path):
        for name in names_in(text):
            message = f"{{{name}}} is not filled in here"
            hint = "write the value itself, in a case of its own"
            yield Diagnostic(document.value_span(where), message, hint, Code.UNKNOWN_PLACEHOLDER)


def _unreadable_values(
    document: Document, path: DocumentPath, model: Model, number: int
) -> Iterator[Diagnostic]:
    """Values that a row speaks of although it is also met where they are absent."""
    row = model.rows[number]
    named = set(names_in(row.because))
    for item in model.inputs:
        if not isinstance(item, FactInput) or f"{item.name}.value" not in named:
            continue
        absent = next((c.name for c in item.cases if c.absent and is_empty(c.values)), None)
        if absent is not None and absent in row.when.get(item.name, {absent}):
            message = f"{{{item.name}.value}} has no value in the case {absent!r} of this row"
            hint = "make it a row of its own"
            yield Diagnostic(document.value_span(path), message, hint, Code.NO_VALUE_HERE)


def _inner_use(document: Document, model: Model, item: ModelInput) -> Iterator[Diagnostic]:
    """Arguments that the other model does not know for some value of this one's parameters."""
    path: DocumentPath = ("inputs", item.name, "with")
    for stranger in strangers(item.model, item.arguments):
        span = document.key_span((*path, stranger.argument) if stranger.argument else path[:2])
        yield Diagnostic(span, str(stranger), "", Code.WRONG_ARGUMENT)
    for name, template in item.arguments.items():
        for value in dict.fromkeys(_possible(model, template)):
            mistake = misfit(item.model, name, value)
            if mistake is not None:
                span = document.value_span((*path, name))
                yield Diagnostic(span, str(mistake), "", Code.WRONG_ARGUMENT)


def _possible(model: Model, template: Scalar) -> Iterator[Scalar]:
    """What an argument can be, for all values of the parameters in it; open ones stay in braces."""
    names = names_in(template) if isinstance(template, str) else []
    if not set(names) <= model.parameters.keys():
        return
    ways = [
        [(name, value) for value in model.parameters[name] or (f"{{{name}}}",)]
        for name in dict.fromkeys(names)
    ]
    for combination in itertools.islice(itertools.product(*ways), MAX_TRIED):
        yield cast("Scalar", fill_tree(template, dict(combination)))


def _view(
    document: Document, model: Model, name: str, fact: RegistryValue | RegistryName | RegistryKey
) -> Iterator[Diagnostic]:
    for view in dict.fromkeys(_possible(model, fact.view)):
        if view not in get_args(View):
            span = document.value_span(("inputs", name, "view"))
            message = f"the view can't be {quoted(view)}, only: 64-bit, 32-bit"
            yield Diagnostic(span, message, "", Code.UNKNOWN_WORD)


def _request(document: Document, item: RequestInput) -> Iterator[Diagnostic]:
    uri = item.fact.uri
    if not names_in(uri) and not is_https_url(uri):
        span = document.value_span(("inputs", item.name, "web_request"))
        message = f"{quoted(uri)} is no https:// URL that can be requested"
        yield Diagnostic(span, message, "", Code.NOT_HTTPS)


def _tables(model: Model) -> int:
    inner = (item.model for item in model.inputs if isinstance(item, ModelInput))
    return 1 + sum(map(_tables, inner))
