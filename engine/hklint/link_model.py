"""Models from documents: names become things, and every name that means nothing is reported."""

import difflib
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

import msgspec
from msgspec import UNSET

from hklint import language
from hklint.bind import BindError, bind
from hklint.cases import link_cases
from hklint.document import Document, DocumentPath
from hklint.fact import Hive, HostField, RegistryValue, View, WebRequest
from hklint.facts.host import FIELDS
from hklint.facts.web_request import OUTCOMES
from hklint.model import (
    FactInput,
    Input,
    Model,
    ModelInput,
    RequestInput,
    Row,
    Scalar,
    State,
    case_names,
)
from hklint.placeholders import names_in
from hklint.span import Diagnostic

OPEN_PARAMETER_EXAMPLE = "https://host.example"
"""Stands for an open parameter where a model is only tried out."""


class ModelLinker:
    """Links one model after the other; `diagnostics` collects what is wrong with any of them."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.models: dict[str, Model] = {}
        self._documents = documents
        self._under_way: list[str] = []
        self._failed: set[str] = set()

    def link(self, model_id: str) -> Model | None:
        """The model of this id with all the models it asks; None if it can't be linked."""
        if model_id in self.models or model_id in self._failed:
            return self.models.get(model_id)
        document = self._documents[model_id]
        known = len(self.diagnostics)
        self._under_way.append(model_id)
        try:
            model = self._link(document)
        finally:
            self._under_way.pop()
        if len(self.diagnostics) > known:
            self._failed.add(model_id)
            return None
        self.models[model_id] = model
        return model

    def _link(self, document: Document) -> Model:
        shape = msgspec.convert(document.root, language.Model)
        parameters = {
            name: None if parameter.one_of is UNSET else tuple(parameter.one_of)
            for name, parameter in shape.parameters.items()
        }
        inputs = tuple(
            linked
            for name, item in shape.inputs.items()
            if (linked := self._input(document, name, item)) is not None
        )
        states = {name: _state(name, state) for name, state in shape.states.items()}
        model = Model(
            shape.id,
            shape.title,
            shape.subject,
            parameters,
            inputs,
            states,
            tuple(self._rows(document, shape, parameters, inputs)),
            document.value_span(("id",)),
        )
        if len(inputs) == len(shape.inputs):
            self.diagnostics += _texts(document, shape, model)
            self.diagnostics += _inner_uses(document, model)
        return model

    def _input(self, document: Document, name: str, item: Mapping[str, object]) -> Input | None:
        path: DocumentPath = ("inputs", name)
        shape = msgspec.convert(
            item, next(language.INPUTS[key] for key in language.INPUTS if key in item)
        )
        span = document.key_span(path)
        match shape:
            case language.RegistryInput():
                cases, wrong = link_cases(document, (*path, "cases"), shape.cases, shape.type)
                self.diagnostics += wrong
                wrong_type = None if shape.wrong_type is UNSET else str(shape.wrong_type)
                if wrong_type is not None and wrong_type not in shape.cases:
                    self._unknown(document, (*path, "wrong_type"), "case", wrong_type, shape.cases)
                fact = registry_value(shape)
                return FactInput(name, fact, shape.type, cases, wrong_type, shape.restart, span)
            case language.HostInput():
                if shape.host not in FIELDS:
                    self._unknown(document, (*path, "host"), "host field", shape.host, FIELDS)
                    return None
                type_name = FIELDS[shape.host]
                cases, wrong = link_cases(document, (*path, "cases"), shape.cases, type_name)
                self.diagnostics += wrong
                return FactInput(name, HostField(shape.host), type_name, cases, None, "none", span)
            case language.WebRequestInput():
                case_of = self._outcome_cases(document, (*path, "cases"), shape.cases)
                return RequestInput(name, WebRequest(shape.web_request, shape.way), case_of, span)
            case language.ModelInput():
                inner = self._inner_model(document, (*path, "model"), shape.model)
                return None if inner is None else ModelInput(name, inner, shape.arguments, span)
            case _:
                raise AssertionError(shape)

    def _inner_model(self, document: Document, path: DocumentPath, model_id: str) -> Model | None:
        if model_id not in self._documents:
            self._unknown(document, path, "model", model_id, self._documents)
            return None
        if model_id in self._under_way:
            circle = [*self._under_way[self._under_way.index(model_id) :], model_id]
            message = f"models ask each other in a circle: {' -> '.join(circle)}"
            self.diagnostics.append(Diagnostic(document.value_span(path), message))
            return None
        return self.link(model_id)

    def _outcome_cases(
        self, document: Document, path: DocumentPath, cases: Mapping[str, object]
    ) -> dict[str, str]:
        case_of: dict[str, str] = {}
        rest: str | None = None
        for name, listed in cases.items():
            for outcome in listed if isinstance(listed, list) else [listed]:
                if outcome == "otherwise":
                    rest = name
                elif outcome not in OUTCOMES:
                    self._unknown(document, (*path, name), "outcome", str(outcome), OUTCOMES)
                elif outcome in case_of:
                    message = f"cases {case_of[outcome]!r} and {name!r} both have {outcome}"
                    self.diagnostics.append(Diagnostic(document.key_span((*path, name)), message))
                else:
                    case_of[outcome] = name
        missing = [outcome for outcome in OUTCOMES if outcome not in case_of]
        if rest is not None:
            return case_of | dict.fromkeys(missing, rest)
        if missing:
            message = f"no case has {', '.join(missing)}"
            self.diagnostics.append(Diagnostic(document.key_span(path), message))
        return case_of

    def _rows(
        self,
        document: Document,
        shape: language.Model,
        parameters: Mapping[str, tuple[Scalar, ...] | None],
        inputs: tuple[Input, ...],
    ) -> Iterator[Row]:
        names = {item.name: case_names(item) for item in inputs}
        for name, allowed in parameters.items():
            if allowed is not None:
                names[name] = tuple(map(str, allowed))
        for number, row in enumerate(shape.rows):
            path: DocumentPath = ("rows", number)
            when: dict[str, frozenset[str]] = {}
            for name, listed in row.when.items():
                wanted = [str(word) for word in (listed if isinstance(listed, list) else [listed])]
                if name in shape.inputs and name not in names:
                    continue
                if name not in names:
                    self._unknown(document, (*path, "when", name), "input", name, names)
                    continue
                for word in wanted:
                    if word not in names[name]:
                        at = (*path, "when", name)
                        self._unknown(document, at, f"case of {name}", word, names[name])
                when[name] = frozenset(wanted)
            if row.state not in shape.states:
                self._unknown(document, (*path, "state"), "state", row.state, shape.states)
            span = document.value_span(path)
            yield Row(number + 1, when, row.state, row.because, row.recommended, span)

    def _unknown(
        self, document: Document, path: DocumentPath, what: str, word: str, known: Iterable[str]
    ) -> None:
        names = list(known)
        close = difflib.get_close_matches(word, names, 1)
        hint = f"did you mean {close[0]!r}?" if close else f"known are: {', '.join(names)}"
        span = document.value_span(path)
        self.diagnostics.append(Diagnostic(span, f"there is no {what} {word!r}", hint))


def registry_value(shape: language.RegistryInput | language.RegistryExpectation) -> RegistryValue:
    """The fact a registry input or expectation asks for; its texts may still hold parameters."""
    hive, _, key = shape.registry.partition("\\")
    return RegistryValue(cast("Hive", hive), key, shape.value, cast("View", shape.view))


def _state(name: str, shape: str | language.State) -> State:
    if isinstance(shape, str):
        return State(name, shape, doubt=False, works=False, next=())
    return State(name, shape.means, shape.doubt, shape.works, tuple(shape.next))


def _texts(document: Document, shape: language.Model, model: Model) -> Iterator[Diagnostic]:
    """Names in braces that stand for nothing."""
    parameters = set(shape.parameters)
    readable = parameters | {f"{item.name}.case" for item in model.inputs}
    readable |= {f"{i.name}.value" for i in model.inputs if not isinstance(i, ModelInput)}
    texts: list[tuple[DocumentPath, object, set[str]]] = [(("subject",), shape.subject, parameters)]
    for name, item in shape.inputs.items():
        keys = ("registry", "view", "value", "web_request")
        texts += [(("inputs", name, key), item.get(key, ""), parameters) for key in keys]
        for key, value in cast("dict[str, object]", item.get("with", {})).items():
            texts.append((("inputs", name, "with", key), value, parameters))
    for number, row in enumerate(shape.rows):
        texts.append((("rows", number, "because"), row.because, readable))
    for path, text, known in texts:
        for name in names_in(text) if isinstance(text, str) else ():
            if name not in known:
                hint = f"known here are: {', '.join(sorted(known))}"
                span = document.value_span(path)
                yield Diagnostic(span, f"{{{name}}} stands for nothing", hint)


def _inner_uses(document: Document, model: Model) -> Iterator[Diagnostic]:
    """Inner models that can't be used with some value of the model's own parameters."""
    ways = [
        [(name, value) for value in allowed or (OPEN_PARAMETER_EXAMPLE,)]
        for name, allowed in model.parameters.items()
    ]
    seen: set[str] = set()
    for combination in itertools.product(*ways):
        try:
            bind(model, dict(combination))
        except BindError as error:
            if str(error) not in seen:
                seen.add(str(error))
                yield Diagnostic(document.key_span(("inputs",)), str(error))
