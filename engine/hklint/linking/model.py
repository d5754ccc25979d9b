"""Models from documents: names become things, and every name that means nothing is reported."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import cast

import msgspec
from msgspec import UNSET, UnsetType

from hklint import language
from hklint.codes import Code
from hklint.cover import limited_work
from hklint.documents.document import Document, DocumentPath
from hklint.fact import Hive, HostField, RegistryKey, RegistryName, RegistryValue, View, WebRequest
from hklint.facts.host import FIELDS
from hklint.facts.web_request import OUTCOMES
from hklint.language.placeholders import listed
from hklint.linking.cases import link_cases
from hklint.linking.circles import shortest_circle
from hklint.linking.conditions import Type
from hklint.linking.model_checks import MAX_TABLES, broken_model, check_model
from hklint.messages import quoted, suggestion
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
from hklint.span import Diagnostic, Span


class ModelLinker:
    """Links one model after the other; `diagnostics` collects what is wrong with any of them.

    `broken` are the ids of models that are there, but whose documents have not the right shape.
    """

    def __init__(self, documents: Mapping[str, Document], broken: Collection[str] = ()) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.models: dict[str, Model] = {}
        self._documents = documents
        self._broken = broken
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
            with limited_work():
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
            document.key_span(("rows",)),
        )
        if len(inputs) == len(shape.inputs):
            self.diagnostics += check_model(document, shape, model)
        return model

    def _input(self, document: Document, name: str, item: Mapping[str, object]) -> Input | None:
        path: DocumentPath = ("inputs", name)
        shape = msgspec.convert(item, language.input_shape(item))
        span = document.key_span(path)
        match shape:
            case language.RegistryInput():
                of = Type(shape.type, shape.case_sensitive)
                cases, wrong = link_cases(document, (*path, "cases"), shape.cases, of)
                self.diagnostics += wrong
                wrong_type = None if shape.wrong_type is UNSET else str(shape.wrong_type)
                if wrong_type is not None and wrong_type not in shape.cases:
                    at = document.value_span((*path, "wrong_type"))
                    self._unknown(at, "case", wrong_type, shape.cases)
                fact = registry_name(shape) if shape.type == "any" else registry_value(shape)
                return FactInput(
                    name, fact, shape.type, cases, wrong_type, shape.restart, span, of.exact
                )
            case language.KeyInput():
                cases, wrong = link_cases(document, (*path, "cases"), shape.cases, Type("key"))
                self.diagnostics += wrong
                return FactInput(name, registry_key(shape), "key", cases, None, "none", span)
            case language.HostInput():
                if shape.host not in FIELDS:
                    at = document.value_span((*path, "host"))
                    self._unknown(at, "host field", shape.host, FIELDS)
                    return None
                type_name = FIELDS[shape.host]
                cases, wrong = link_cases(document, (*path, "cases"), shape.cases, Type(type_name))
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
        at = document.value_span(path)
        if model_id not in self._documents and model_id not in self._broken:
            self._unknown(at, "model", model_id, self._documents)
            return None
        if model_id in self._under_way:
            asked = {name: _asked_models(item) for name, item in self._documents.items()}
            circle = " -> ".join(shortest_circle(asked, model_id))
            message = f"models ask each other in a circle: {circle}"
            hint = "let one of them ask no other"
            self.diagnostics.append(Diagnostic(at, message, hint, Code.CIRCLE))
            return None
        if len(self._under_way) > MAX_TABLES:
            message = f"models ask each other through more than {MAX_TABLES} steps"
            self.diagnostics.append(Diagnostic(at, message, code=Code.TOO_MANY))
            return None
        model = None if model_id in self._broken else self.link(model_id)
        if model is None:
            self.diagnostics.append(broken_model(at, model_id))
        return model

    def _outcome_cases(
        self, document: Document, path: DocumentPath, cases: Mapping[str, object]
    ) -> dict[str, str]:
        case_of: dict[str, str] = {}
        rest: str | None = None
        for name, item in cases.items():
            for place, outcome in listed((*path, name), item):
                at = document.value_span(place)
                if outcome == "otherwise" and rest is None:
                    rest = name
                elif outcome == "otherwise" or outcome in case_of:
                    message = f"{outcome} is in case {case_of.get(outcome, rest)!r} already"
                    self.diagnostics.append(Diagnostic(at, message, code=Code.CASE_OVERLAP))
                elif outcome not in OUTCOMES:
                    self._unknown(at, "outcome", outcome, (*OUTCOMES, "otherwise"))
                else:
                    case_of[outcome] = name
        missing = [outcome for outcome in OUTCOMES if outcome not in case_of]
        at = document.key_span(path)
        if rest is not None and not missing:
            message = f"nothing is left for {rest!r}: the other cases have every outcome"
            self.diagnostics.append(Diagnostic(at, message, "remove it", Code.EMPTY_CASE))
        elif rest is not None:
            case_of |= dict.fromkeys(missing, rest)
        elif missing:
            message = f"no case has {', '.join(missing)}"
            hint = "add them, or a case 'otherwise' for all the rest"
            self.diagnostics.append(Diagnostic(at, message, hint, Code.CASE_GAP))
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
                names.setdefault(name, tuple(map(str, allowed)))
        for number, row in enumerate(shape.rows):
            path: DocumentPath = ("rows", number)
            when: dict[str, frozenset[str]] = {}
            for name, item in row.when.items():
                if name in shape.inputs and name not in names:
                    continue
                if name not in names:
                    at = document.key_span((*path, "when", name))
                    self._unknown(at, "input or parameter with a list", name, names)
                    continue
                words = list(listed((*path, "when", name), item))
                for place, word in words:
                    if word not in names[name]:
                        at = document.value_span(place)
                        self._unknown(at, f"case of {name}", word, names[name])
                when[name] = frozenset(word for _, word in words)
            if row.state not in shape.states:
                at = document.value_span((*path, "state"))
                self._unknown(at, "state", row.state, shape.states)
            span = document.value_span(path)
            yield Row(number + 1, when, row.state, row.because, row.recommended, span)

    def _unknown(self, at: Span, what: str, word: str, known: Iterable[str]) -> None:
        message = f"there is no {what} {quoted(word)}"
        hint = suggestion(word, known)
        self.diagnostics.append(Diagnostic(at, message, hint, Code.UNKNOWN_NAME))


def _asked_models(document: Document) -> list[str]:
    inputs = msgspec.convert(document.root, language.Model).inputs
    return [str(item["model"]) for item in inputs.values() if "model" in item]


def registry_value(
    shape: language.RegistryInput | language.RegistryExpectation | language.ComparedValue,
) -> RegistryValue:
    """The fact a registry input or expectation asks for; its texts may still hold parameters."""
    hive, _, key = shape.registry.partition("\\")
    return RegistryValue(cast("Hive", hive), key, shape.value, cast("View", shape.view))


def registry_name(shape: language.RegistryInput | language.ExistenceExpectation) -> RegistryName:
    """The same where only being there counts."""
    hive, _, key = shape.registry.partition("\\")
    return RegistryName(cast("Hive", hive), key, shape.value, cast("View", shape.view))


def registry_key(shape: language.KeyInput | language.KeyExpectation) -> RegistryKey:
    """The key an input or expectation asks for; its texts may still hold parameters."""
    hive, _, key = shape.registry_key.partition("\\")
    return RegistryKey(cast("Hive", hive), key, cast("View", shape.view))


def _state(name: str, shape: str | language.State) -> State:
    if isinstance(shape, str):
        return State(name, shape, doubt=False, works=False, next=())
    effect = "" if isinstance(shape.effect, UnsetType) else shape.effect
    return State(name, shape.means, shape.doubt, shape.works, tuple(shape.next), effect)
