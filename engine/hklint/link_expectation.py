"""Expectations from documents: what a rule asks for, with its facts and tables."""

from collections.abc import Collection, Mapping
from typing import cast

import msgspec
from msgspec import UnsetType

from hklint import language, policy
from hklint.bind import BindError, bind, misfits
from hklint.cases import OperandError, check_write, in_words, typed_operand, value_set
from hklint.document import Document, DocumentPath
from hklint.fact import WebRequest
from hklint.facts.web_request import OUTCOMES
from hklint.link_model import registry_value
from hklint.messages import quoted, suggestion
from hklint.model import Model, Scalar, Table
from hklint.model_checks import broken_model
from hklint.placeholders import fill_tree, listed
from hklint.schema import check_part
from hklint.span import Diagnostic
from hklint.url import is_https_url


class ExpectationLinker:
    """Links expectations of one policy; `diagnostics` collects what is wrong with them.

    `models` are those that are proved, `broken` the ids of those that are there and have mistakes.
    """

    def __init__(
        self, document: Document, models: Mapping[str, Model], broken: Collection[str]
    ) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._document = document
        self._models = models
        self._broken = set(broken)

    def link(
        self,
        path: DocumentPath,
        item: Mapping[str, object],
        values: Mapping[str, Scalar],
        instance: str,
    ) -> policy.Expectation | None:
        """The expectation with these values filled in; None if it is wrong."""
        kind = next(language.EXPECTATIONS[key] for key in language.EXPECTATIONS if key in item)
        filled = fill_tree(item, values)
        try:
            shape = msgspec.convert(filled, kind)
        except msgspec.ValidationError as error:
            unexplained = Diagnostic(self._document.value_span(path), f"does not fit: {error}")
            for found in check_part(self._document, path, filled, kind) or [unexplained]:
                message = found.message + (f", with {instance}" if instance else "")
                self.diagnostics.append(Diagnostic(found.span, message, found.help))
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
        absent: policy.AbsentMeans | str
        write = shape.equals if isinstance(shape.write, UnsetType) else shape.write
        try:
            allowed = value_set(shape, shape.type)
            if isinstance(shape.absent, language.AbsentMeans):
                typed_operand(("absent", "means"), shape.absent.means, shape.type)
                absent = policy.AbsentMeans(shape.absent.means)
            else:
                absent = shape.absent
            if not isinstance(write, UnsetType):
                check_write(write, allowed, shape.type)
        except OperandError as error:
            self._report((*path, *error.place), str(error))
            return None
        return policy.ValueExpectation(
            registry_value(shape),
            shape.type,
            allowed,
            in_words(shape),
            absent,
            None if isinstance(write, UnsetType) else write,
            shape.restart,
        )

    def _state(
        self, path: DocumentPath, shape: language.ModelExpectation
    ) -> policy.StateExpectation | None:
        table = self.table(
            path, language.ModelUse(model=shape.model, arguments=shape.arguments), {}
        )
        if table is None:
            return None
        known = table.model.states
        states: list[str] = []
        for place, state in listed((*path, "state"), shape.state):
            states.append(state)
            if state not in known:
                message = f"model {shape.model} has no state {quoted(state)}"
                self._report(place, message, suggestion(state, known))
            elif known[state].doubt:
                message = f"{quoted(state)} is a state of doubt: no rule can pass on it"
                self._report(place, message, "expect another state")
        return policy.StateExpectation(table, frozenset(states), " or ".join(states))

    def _outcome(
        self, path: DocumentPath, shape: language.WebRequestExpectation
    ) -> policy.OutcomeExpectation | None:
        if not is_https_url(shape.web_request):
            message = f"{quoted(shape.web_request)} is no https:// URL that can be requested"
            self._report((*path, "web_request"), message)
            return None
        outcomes: list[str] = []
        for place, outcome in listed((*path, "outcome"), shape.outcome):
            outcomes.append(outcome)
            if outcome not in OUTCOMES:
                message = f"there is no outcome {quoted(outcome)}"
                self._report(place, message, suggestion(outcome, OUTCOMES))
        fact = WebRequest(shape.web_request)
        return policy.OutcomeExpectation(fact, frozenset(outcomes), " or ".join(outcomes))

    def table(
        self, path: DocumentPath, use: language.ModelUse, values: Mapping[str, Scalar]
    ) -> Table | None:
        """The table of the model that is used here; None if it can't be used so."""
        if use.model in self._broken:
            span = self._document.value_span((*path, "model"))
            self.diagnostics.append(broken_model(span, use.model))
            return None
        if use.model not in self._models:
            message = f"there is no model {quoted(use.model)}"
            self._report((*path, "model"), message, suggestion(use.model, self._models))
            return None
        model = self._models[use.model]
        arguments = cast("dict[str, Scalar]", fill_tree(use.arguments, values))
        mistakes = list(misfits(model, arguments))
        if not mistakes:
            try:
                return bind(model, arguments)
            except BindError as error:
                mistakes = [error]
        for mistake in mistakes:
            place = (*path, "with", mistake.argument) if mistake.argument else (*path, "model")
            strange = mistake.argument not in model.parameters
            at = (
                self._document.key_span
                if mistake.argument and strange
                else self._document.value_span
            )
            self.diagnostics.append(Diagnostic(at(place), str(mistake)))
        return None

    def _report(self, path: DocumentPath, message: str, hint: str = "") -> None:
        self.diagnostics.append(Diagnostic(self._document.value_span(path), message, hint))
