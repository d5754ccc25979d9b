"""Policies from documents: rules with their facts and tables, and what is wrong with them."""

import difflib
import itertools
from collections.abc import Iterator, Mapping
from typing import cast

import msgspec
from msgspec import UNSET

from hklint import language, policy
from hklint.bind import BindError, bind
from hklint.cases import OperandError, in_words, value_set
from hklint.document import Document, DocumentPath
from hklint.errors import UsageError
from hklint.fact import HostField, WebRequest
from hklint.facts.host import FIELDS
from hklint.facts.web_request import OUTCOMES
from hklint.link_model import registry_value
from hklint.model import Model, Scalar, Table
from hklint.parameters import ParameterError, parameter_value
from hklint.placeholders import fill, fill_tree, names_in
from hklint.run import Reference, RuleInfo
from hklint.span import Diagnostic
from hklint.values import Words, all_of_type


class PolicyLinker:
    """Links one policy; `diagnostics` collects what is wrong with it."""

    def __init__(
        self, document: Document, models: Mapping[str, Model], settings: Mapping[str, str]
    ) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._document = document
        self._models = models
        self._settings = settings

    def link(self) -> policy.Policy:
        """The linked policy; it is only usable when there are no diagnostics."""
        document = self._document
        shape = msgspec.convert(document.root, language.Policy)
        parameters = dict(self._parameters(shape))
        diagnosis = None
        if isinstance(shape.diagnosis, language.ModelUse):
            diagnosis = self._table(("diagnosis",), shape.diagnosis, parameters)
        self._duplicate_ids(shape)
        return policy.Policy(
            shape.id,
            shape.title,
            shape.version,
            document.path,
            document.sha256,
            tuple(self._conditions(shape)),
            parameters,
            diagnosis,
            tuple(
                rule
                for number, item in enumerate(shape.rules)
                for rule in self._rules(("rules", number), item, parameters)
            ),
        )

    def _parameters(self, shape: language.Policy) -> Iterator[tuple[str, Scalar]]:
        for name, parameter in shape.parameters.items():
            try:
                yield name, parameter_value(parameter, parameter.default)
            except ParameterError as error:
                self._report(("parameters", name, "default"), str(error))
            if name in self._settings:
                try:
                    yield name, parameter_value(parameter, self._settings[name])
                except ParameterError as error:
                    raise UsageError(f"--set {name}: {error}") from None

    def _report(self, path: DocumentPath, message: str, hint: str = "") -> None:
        self.diagnostics.append(Diagnostic(self._document.value_span(path), message, hint))

    def _duplicate_ids(self, shape: language.Policy) -> None:
        first: dict[str, int] = {}
        for number, rule in enumerate(shape.rules):
            if rule.id in first:
                line = self._document.value_span(("rules", first[rule.id], "id")).line
                self._report(("rules", number, "id"), f"the id {rule.id!r} is taken in line {line}")
            first.setdefault(rule.id, number)

    def _conditions(self, shape: language.Policy) -> Iterator[policy.Condition]:
        for field, operators in shape.applies_to.items():
            path: DocumentPath = ("applies_to", field)
            if field not in FIELDS:
                self._report(path, f"there is no host field {field!r}", _known(field, FIELDS))
                continue
            try:
                allowed = value_set(operators, FIELDS[field])
            except OperandError as error:
                self._report((*path, error.operator), str(error))
                continue
            yield policy.Condition(HostField(field), FIELDS[field], allowed, in_words(operators))

    def _rules(
        self, path: DocumentPath, shape: language.Rule, parameters: Mapping[str, Scalar]
    ) -> Iterator[policy.Rule]:
        names = {*parameters, *shape.for_each}
        filled = {"title": shape.title, "expect": shape.expect}
        for where, text in _texts(path, filled):
            for name in names_in(text):
                if name not in names:
                    hint = f"known here are: {', '.join(sorted(names)) or 'none'}"
                    self._report(where, f"{{{name}}} stands for nothing", hint)
        info = RuleInfo(
            shape.id,
            shape.title,
            shape.severity,
            shape.why,
            shape.remedy,
            tuple(Reference(item.title, item.url) for item in shape.references),
            tuple(shape.tags),
            self._document.value_span((*path, "id")),
        )
        choices = [[(name, value) for value in values] for name, values in shape.for_each.items()]
        for combination in itertools.product(*choices):
            values = {**parameters, **dict(combination)}
            expectation = self._expectation((*path, "expect"), shape.expect, values)
            if expectation is not None:
                yield policy.Rule(
                    info,
                    ",".join(f"{name}={value}" for name, value in combination),
                    fill(shape.title, values),
                    expectation,
                    self._document.value_span((*path, "expect", _wanted_key(shape.expect))),
                )

    def _expectation(
        self, path: DocumentPath, item: Mapping[str, object], values: Mapping[str, Scalar]
    ) -> policy.Expectation | None:
        kind = next(language.EXPECTATIONS[key] for key in language.EXPECTATIONS if key in item)
        try:
            shape = msgspec.convert(fill_tree(item, values), kind)
        except msgspec.ValidationError as error:
            self._report(path, f"does not fit after its parameters are filled in: {error}")
            return None
        match shape:
            case language.RegistryExpectation():
                return self._value(path, shape)
            case language.ModelExpectation():
                return self._state(path, shape)
            case language.WebRequestExpectation():
                return self._outcome(path, shape)
            case _:
                raise AssertionError(shape)

    def _value(
        self, path: DocumentPath, shape: language.RegistryExpectation
    ) -> policy.ValueExpectation | None:
        wanted = in_words(shape)
        if not wanted:
            self._report(path, "nothing is expected of the value", "add an operator, like equals")
            return None
        try:
            allowed = value_set(shape, shape.type)
        except OperandError as error:
            self._report((*path, error.operator), str(error))
            return None
        absent: policy.AbsentMeans | str
        if isinstance(shape.absent, language.AbsentMeans):
            absent = policy.AbsentMeans(shape.absent.means)
            is_text = isinstance(all_of_type(shape.type), Words)
            if isinstance(shape.absent.means, str) != is_text:
                self._report((*path, "absent"), f"{shape.absent.means!r} is no {shape.type}")
        else:
            absent = shape.absent
        write = shape.equals if shape.write is UNSET else shape.write
        return policy.ValueExpectation(
            registry_value(shape),
            shape.type,
            allowed,
            wanted,
            absent,
            None if write is UNSET else write,
            shape.restart,
        )

    def _state(
        self, path: DocumentPath, shape: language.ModelExpectation
    ) -> policy.StateExpectation | None:
        table = self._table(
            path, language.ModelUse(model=shape.model, arguments=shape.arguments), {}
        )
        if table is None:
            return None
        states = [shape.state] if isinstance(shape.state, str) else shape.state
        for state in states:
            if state not in table.model.states:
                hint = _known(state, table.model.states)
                self._report((*path, "state"), f"{shape.model} has no state {state!r}", hint)
        return policy.StateExpectation(table, frozenset(states), " or ".join(states))

    def _outcome(
        self, path: DocumentPath, shape: language.WebRequestExpectation
    ) -> policy.OutcomeExpectation | None:
        if not shape.web_request.startswith("https://"):
            message = f"{shape.web_request!r} is no https:// URL"
            self._report((*path, "web_request"), message)
            return None
        outcomes = [shape.outcome] if isinstance(shape.outcome, str) else shape.outcome
        for outcome in outcomes:
            if outcome not in OUTCOMES:
                hint = _known(outcome, OUTCOMES)
                self._report((*path, "outcome"), f"there is no outcome {outcome!r}", hint)
        fact = WebRequest(shape.web_request)
        return policy.OutcomeExpectation(fact, frozenset(outcomes), " or ".join(outcomes))

    def _table(
        self, path: DocumentPath, use: language.ModelUse, values: Mapping[str, Scalar]
    ) -> Table | None:
        if use.model not in self._models:
            hint = _known(use.model, self._models)
            self._report((*path, "model"), f"there is no usable model {use.model!r}", hint)
            return None
        arguments = cast("dict[str, Scalar]", fill_tree(use.arguments, values))
        try:
            return bind(self._models[use.model], arguments)
        except BindError as error:
            self._report((*path, "model"), str(error))
            return None


def _wanted_key(expect: Mapping[str, object]) -> str:
    """The key whose value a reader would call the expected one."""
    keys = (
        "state",
        "outcome",
        *(name for name in expect if name in language.Operators.__struct_fields__),
    )
    return next((key for key in keys if key in expect), "registry")


def _texts(path: DocumentPath, node: object) -> Iterator[tuple[DocumentPath, str]]:
    if isinstance(node, str):
        yield path, node
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield from _texts((*path, key), value)
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _texts((*path, number), value)


def _known(word: str, names: Mapping[str, object] | tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word, list(names), 1)
    return f"did you mean {close[0]!r}?" if close else f"known are: {', '.join(names)}"
