"""Expectations from documents: what a rule asks for, with its facts and tables."""

import re
from collections.abc import Collection, Mapping
from typing import Literal, cast

import msgspec
from msgspec import UnsetType

from hklint import language, policy, values
from hklint.codes import Code
from hklint.documents.document import Document, DocumentPath
from hklint.fact import Data, HostField, RegistryKey, RegistryName, RegistryValue, WebRequest
from hklint.facts.host import FIELDS, OWN
from hklint.facts.web_request import OUTCOMES
from hklint.judging.table import MAX_WAYS, is_exact
from hklint.language.placeholders import fill, fill_tree, is_name, listed
from hklint.language.schema import check_part
from hklint.linking.bind import BindError, Bound, bind, misfits
from hklint.linking.conditions import (
    OperandError,
    Type,
    check_write,
    data_of,
    in_words,
    typed_operand,
    value_set,
)
from hklint.linking.model import registry_key, registry_name, registry_value
from hklint.linking.model_checks import broken_model
from hklint.messages import quoted, suggestion
from hklint.model import Model, Scalar, Table
from hklint.span import Diagnostic
from hklint.url import is_https_url

SAME = "the same on all hosts of the group"
"""What is wanted of hosts that are compared."""


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
        self._bound: Bound = {}

    def link(
        self,
        path: DocumentPath,
        item: Mapping[str, object],
        given: Mapping[str, Scalar],
        instance: str,
    ) -> policy.Expectation | None:
        """The expectation with these values filled in; None if it is wrong."""
        kind = language.expectation_shape(item)
        filled = fill_tree(_with_patterns_filled(item, given), given)
        try:
            shape = msgspec.convert(filled, kind)
        except msgspec.ValidationError as error:
            span = self._document.value_span(path)
            unexplained = Diagnostic(span, f"does not fit: {error}", "", Code.WRONG_FORM)
            for found in check_part(self._document, path, filled, kind) or [unexplained]:
                message = found.message + (f", with {instance}" if instance else "")
                self.diagnostics.append(msgspec.structs.replace(found, message=message))
            return None
        match shape:
            case language.RegistryExpectation():
                return self._value(path, shape)
            case language.ExistenceExpectation():
                return _existence(registry_name(shape), "any", wanted=shape.exists)
            case language.KeyExpectation():
                return self._key(path, shape)
            case language.ModelExpectation():
                return self._state(path, shape)
            case language.WebRequestExpectation():
                return self._outcome(path, shape)
            case language.ConsistentExpectation():
                return self._consistent((*path, "consistent"), shape)
            case _:
                raise AssertionError(shape)

    def _value(
        self, path: DocumentPath, shape: language.RegistryExpectation
    ) -> policy.ValueExpectation | None:
        of = Type(shape.type, shape.case_sensitive)
        absent: Literal["fail", "pass", "not_applicable"] | policy.AbsentMeans
        write: Data | None = None
        try:
            allowed = value_set(shape, of)
            if isinstance(shape.absent, language.AbsentMeans):
                place: DocumentPath = ("absent", "means")
                typed_operand(place, shape.absent.means, of)
                absent = policy.AbsentMeans(data_of(place, shape.absent.means, of.name))
            else:
                absent = shape.absent
            if not isinstance(shape.write, UnsetType):
                write = check_write(shape.write, allowed, of)
            elif not isinstance(shape.equals, UnsetType):
                write = data_of(("equals",), shape.equals, of.name)
        except OperandError as error:
            self._report((*path, *error.place), str(error), code=error.code)
            return None
        return policy.ValueExpectation(
            registry_value(shape),
            shape.type,
            allowed,
            in_words(shape),
            absent,
            write,
            shape.restart,
            shape.case_sensitive,
        )

    def _key(
        self, path: DocumentPath, shape: language.KeyExpectation
    ) -> policy.ValueExpectation | None:
        key = registry_key(shape)
        match shape.exists, shape.has_value, shape.has_subkey:
            case bool(), _, _:
                return _existence(key, "key", wanted=shape.exists)
            case _, str(), _:
                value = RegistryName(key.hive, key.key, shape.has_value, key.view)
                return _existence(value, "any", wanted=True)
            case _, _, str():
                if not language.is_registry_path(f"{shape.registry_key}\\{shape.has_subkey}"):
                    message = f"{quoted(shape.has_subkey)} is no name of a subkey"
                    self._report((*path, "has_subkey"), message, code=Code.WRONG_FORM)
                    return None
                subkey = RegistryKey(key.hive, f"{key.key}\\{shape.has_subkey}", key.view)
                return _existence(subkey, "key", wanted=True)
            case _:
                raise AssertionError(shape)

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
                self._report(place, message, "expect another state", Code.DOUBTFUL_STATE)
        return policy.StateExpectation(table, frozenset(states), " or ".join(states))

    def _outcome(
        self, path: DocumentPath, shape: language.WebRequestExpectation
    ) -> policy.OutcomeExpectation | None:
        if not is_https_url(shape.web_request):
            message = f"{quoted(shape.web_request)} is no https:// URL that can be requested"
            self._report((*path, "web_request"), message, code=Code.NOT_HTTPS)
            return None
        outcomes: list[str] = []
        for place, outcome in listed((*path, "outcome"), shape.outcome):
            outcomes.append(outcome)
            if outcome not in OUTCOMES:
                message = f"there is no outcome {quoted(outcome)}"
                self._report(place, message, suggestion(outcome, OUTCOMES))
        fact = WebRequest(shape.web_request)
        return policy.OutcomeExpectation(fact, frozenset(outcomes), " or ".join(outcomes))

    def _consistent(
        self, path: DocumentPath, shape: language.ConsistentExpectation
    ) -> policy.ConsistentExpectation | None:
        exact = True
        compared: Table | RegistryValue | HostField | None = None
        match msgspec.convert(shape.consistent, language.compared_shape(shape.consistent)):
            case language.ModelUse() as use:
                compared = self.table(path, use, {})
            case language.ComparedValue() as value:
                exact, compared = value.case_sensitive, registry_value(value)
            case language.ComparedField(host=field):
                if field in OWN:
                    message = f"{field} is another on each host"
                    self._report((*path, "host"), message, code=Code.WRONG_FORM)
                elif field not in FIELDS:
                    message = f"there is no host field {quoted(field)}"
                    self._report((*path, "host"), message, suggestion(field, FIELDS))
                else:
                    compared = HostField(field)
            case _:
                raise AssertionError(shape)
        if compared is None:
            return None
        return policy.ConsistentExpectation(compared, SAME, exact)

    def table(
        self, path: DocumentPath, use: language.ModelUse, given: Mapping[str, Scalar]
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
        arguments = cast("dict[str, Scalar]", fill_tree(use.arguments, given))
        mistakes = list(misfits(model, arguments))
        if not mistakes:
            try:
                table = bind(model, arguments, self._bound)
            except BindError as error:
                mistakes = [error]
            else:
                self._check_ways(path, table)
                return table
        for mistake in mistakes:
            place = (*path, "with", mistake.argument) if mistake.argument else (*path, "model")
            strange = mistake.argument not in model.parameters
            at = (
                self._document.key_span
                if mistake.argument and strange
                else self._document.value_span
            )
            self.diagnostics.append(Diagnostic(at(place), str(mistake), code=Code.WRONG_ARGUMENT))
        return None

    def _check_ways(self, path: DocumentPath, table: Table) -> None:
        if not is_exact(table):
            message = (
                f"model {table.model.id} asks for the same facts in several places, in more than "
                f"{MAX_WAYS} combinations of cases"
            )
            hint = "let one model ask for a fact, and the others ask that model"
            self._report((*path, "model"), message, hint, Code.UNPROVABLE)

    def _report(
        self, path: DocumentPath, message: str, hint: str = "", code: Code = Code.UNKNOWN_NAME
    ) -> None:
        self.diagnostics.append(Diagnostic(self._document.value_span(path), message, hint, code))


def _with_patterns_filled(node: object, given: Mapping[str, Scalar]) -> object:
    """A tree with the names in its patterns filled in.

    A value in a pattern stands for itself, whatever letters it has. A pattern that is nothing but a
    name is left for the value to be one.
    """
    if isinstance(node, list):
        return [_with_patterns_filled(item, given) for item in cast("list[object]", node)]
    if not isinstance(node, dict):
        return node
    tree = cast("dict[str, object]", node)
    literal = {name: re.escape(str(value)) for name, value in given.items()}
    return {
        key: fill(value, literal)
        if key == "matches" and isinstance(value, str) and not is_name(value)
        else _with_patterns_filled(value, given)
        for key, value in tree.items()
    }


def _existence(
    fact: RegistryName | RegistryKey, type_name: str, *, wanted: bool
) -> policy.ValueExpectation:
    """What is expected where only being there counts."""
    return policy.ValueExpectation(
        fact,
        type_name,
        values.all_of_type(type_name) if wanted else values.none_of_type(type_name),
        "there" if wanted else "not there",
        "fail" if wanted else "pass",
        None,
        "none",
    )
