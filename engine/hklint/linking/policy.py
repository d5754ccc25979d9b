"""Policies from documents: rules with their facts and tables, and what is wrong with them."""

import itertools
import math
from collections.abc import Collection, Iterator, Mapping

import msgspec

from hklint import language, policy, values
from hklint.codes import Code
from hklint.cover import limited_work
from hklint.documents.document import Document, DocumentPath
from hklint.fact import HostField
from hklint.facts.host import FIELDS
from hklint.judging.plan import expectation_facts
from hklint.language.placeholders import fill, names_in, texts_in
from hklint.linking.conditions import OperandError, Type, in_words, value_set
from hklint.linking.expectation import ExpectationLinker
from hklint.linking.model_checks import placeholder_mistakes
from hklint.linking.parameter_checks import check_parameters
from hklint.linking.parameters import parameter_values
from hklint.messages import quoted, suggestion
from hklint.model import Model, Scalar
from hklint.run import Control, Reference, RuleInfo
from hklint.snapshot import lookup_key
from hklint.span import Diagnostic

MAX_INSTANCES = 1000
_NO_SETTING = (
    "a rule applies by what the host is, never by a setting: make it an input of a model, "
    "and a state of its own"
)


class PolicyLinker:
    """Links one policy; `diagnostics` collects what is wrong with it.

    `models` are those that are proved, `broken` the ids of those that are there and have mistakes;
    `settings` are values for its parameters, which fit them.
    """

    def __init__(
        self,
        document: Document,
        models: Mapping[str, Model],
        settings: Mapping[str, Scalar],
        broken: Collection[str] = (),
    ) -> None:
        self._diagnostics: list[Diagnostic] = []
        self._document = document
        self._settings = settings
        self._expectations = ExpectationLinker(document, models, broken)

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What is wrong with the policy, each thing once."""
        return list(dict.fromkeys([*self._diagnostics, *self._expectations.diagnostics]))

    def link(self) -> policy.Policy:
        """The linked policy; it is only usable when there are no diagnostics."""
        with limited_work():
            return self._link()

    def _link(self) -> policy.Policy:
        document = self._document
        shape = msgspec.convert(document.root, language.Policy)
        self._diagnostics += check_parameters(document, shape.parameters)
        parameters = parameter_values(shape.parameters, self._settings)
        diagnosis = None
        if isinstance(shape.diagnosis, language.ModelUse) and self._filled_in(
            ("diagnosis",), document.root["diagnosis"], parameters
        ):
            diagnosis = self._expectations.table(("diagnosis",), shape.diagnosis, parameters)
        waits = self._waits_for_restart(shape, parameters)
        self._duplicate_ids(shape)
        return policy.Policy(
            shape.id,
            shape.title,
            shape.version,
            document.path,
            document.sha256,
            tuple(self._conditions(("applies_to",), shape.applies_to)),
            parameters,
            diagnosis,
            tuple(
                rule
                for number, item in enumerate(shape.rules)
                for rule in self._rules(("rules", number), item, parameters)
            ),
            waits,
        )

    def _waits_for_restart(
        self, shape: language.Policy, parameters: Mapping[str, Scalar]
    ) -> policy.StateExpectation | None:
        key = "waits_for_restart"
        if isinstance(shape.waits_for_restart, msgspec.UnsetType):
            return None
        node = self._document.root[key]
        if not self._filled_in((key,), node, parameters):
            return None
        found = self._expectations.link((key,), node, parameters, "")
        assert found is None or isinstance(found, policy.StateExpectation)
        return found

    def _report(
        self, path: DocumentPath, message: str, hint: str = "", code: Code = Code.WRONG_FORM
    ) -> None:
        self._diagnostics.append(Diagnostic(self._document.value_span(path), message, hint, code))

    def _duplicate_ids(self, shape: language.Policy) -> None:
        first: dict[str, int] = {}
        for number, rule in enumerate(shape.rules):
            if rule.id in first:
                line = self._document.value_span(("rules", first[rule.id], "id")).line
                self._report(
                    ("rules", number, "id"),
                    f"the rule id {rule.id!r} is taken already, in line {line}",
                    code=Code.DUPLICATE_ID,
                )
            first.setdefault(rule.id, number)

    def _conditions(
        self, parent: DocumentPath, conditions: language.HostConditions
    ) -> Iterator[policy.Condition]:
        for field, operators in conditions.items():
            path: DocumentPath = (*parent, field)
            if field not in FIELDS:
                at = self._document.key_span(path)
                message = f"there is no host field {quoted(field)}"
                hint = _NO_SETTING if "\\" in field else suggestion(field, FIELDS)
                self._diagnostics.append(Diagnostic(at, message, hint, Code.UNKNOWN_NAME))
                continue
            if operators == "absent":
                nothing = values.none_of_type(FIELDS[field])
                fact = HostField(field)
                yield policy.Condition(fact, FIELDS[field], nothing, "absent", absent=True)
                continue
            if self._names_not_filled_in(path, msgspec.to_builtins(operators), _NO_SETTING):
                continue
            try:
                allowed = value_set(operators, Type(FIELDS[field]))
            except OperandError as error:
                self._report((*path, *error.place), str(error), code=error.code)
                continue
            yield policy.Condition(HostField(field), FIELDS[field], allowed, in_words(operators))

    def _rules(
        self, path: DocumentPath, shape: language.Rule, parameters: Mapping[str, Scalar]
    ) -> Iterator[policy.Rule]:
        names = {*parameters, *shape.for_each}
        texts = {
            "title": shape.title,
            "expect": shape.expect,
            "affects": msgspec.to_builtins(shape.affects),
        }
        complete = self._filled_in(path, texts, names)
        for key, text in (("why", shape.why), ("remedy", shape.remedy)):
            for name in names & set(names_in(text)):
                message = f"{{{name}}} is not filled in here: {key} is one text for all"
                self._report(
                    (*path, key), message, "name the value in the title", Code.UNKNOWN_PLACEHOLDER
                )
        if not (self._instances(path, shape, parameters) and complete):
            return
        info = RuleInfo(
            shape.id,
            fill(shape.title, {**parameters, **{name: f"<{name}>" for name in shape.for_each}}),
            shape.severity,
            shape.why,
            shape.remedy,
            tuple(Reference(item.title, item.url) for item in shape.references),
            tuple(shape.tags),
            self._document.value_span((*path, "id")),
            shape.level,
            tuple(self._controls(path, shape)),
        )
        conditions = tuple(self._conditions((*path, "applies_to"), shape.applies_to))
        self._check_given(path, shape, names)
        choices = [[(name, value) for value in listed] for name, listed in shape.for_each.items()]
        for combination in itertools.product(*choices):
            given = {**parameters, **dict(combination)}
            instance = ",".join(f"{name}={value}" for name, value in combination)
            expectation = self._expectations.link((*path, "expect"), shape.expect, given, instance)
            if expectation is not None:
                yield policy.Rule(
                    info,
                    instance,
                    fill(shape.title, given),
                    expectation,
                    self._document.value_span((*path, "expect", _wanted_key(shape.expect))),
                    frozenset(map(lookup_key, expectation_facts(expectation))),
                    conditions,
                    tuple(self._risks(path, shape, given, instance)),
                )

    def _check_given(
        self, path: DocumentPath, shape: language.Rule, names: Collection[str]
    ) -> None:
        for number, affect in enumerate(shape.affects):
            for name in affect.given:
                if name not in names:
                    at = self._document.key_span((*path, "affects", number, "given", name))
                    message = f"the policy has no parameter {quoted(name)}"
                    hint = suggestion(name, names)
                    self._diagnostics.append(Diagnostic(at, message, hint, Code.UNKNOWN_NAME))

    def _risks(
        self,
        path: DocumentPath,
        shape: language.Rule,
        given: Mapping[str, Scalar],
        instance: str,
    ) -> Iterator[policy.Risk]:
        """What mending the rule may break; not what only concerns other parameters."""
        for number, affect in enumerate(shape.affects):
            place = (*path, "affects", number)
            expectation = None
            if not isinstance(affect.when, msgspec.UnsetType):
                expectation = self._expectations.link(
                    (*place, "when"), affect.when, given, instance
                )
                if isinstance(expectation, policy.ConsistentExpectation):
                    message = "one host alone can't tell whether a group is alike"
                    self._report((*place, "when", "consistent"), message)
                if expectation is None:
                    continue
            conditions = tuple(self._conditions((*place, "on_hosts"), affect.on_hosts))
            if all(
                str(given.get(name)) in map(str, listed) for name, listed in affect.given.items()
            ):
                yield policy.Risk(
                    " ".join(fill(affect.what, given).split()),
                    conditions,
                    expectation,
                    tuple(Reference(item.title, item.url) for item in affect.references),
                )

    def _controls(self, path: DocumentPath, shape: language.Rule) -> Iterator[Control]:
        listed: dict[str, list[str]] = msgspec.to_builtins(shape.controls)
        for catalogue, ids in listed.items():
            for number, name in enumerate(ids):
                if name in ids[:number]:
                    place = (*path, "controls", catalogue, number)
                    message = f"{quoted(name)} is in this list twice"
                    self._report(place, message, code=Code.LISTED_TWICE)
                yield Control(catalogue, name)

    def _filled_in(self, path: DocumentPath, node: object, names: Collection[str]) -> bool:
        """Whether all that stands in braces can be filled in."""
        known = len(self._diagnostics)
        for where, text in texts_in(node, path):
            for message, hint in placeholder_mistakes(text, names):
                self._report(where, message, hint, Code.UNKNOWN_PLACEHOLDER)
        return len(self._diagnostics) == known

    def _names_not_filled_in(self, path: DocumentPath, node: object, hint: str) -> bool:
        """Whether names in braces stand where they would be taken as they are written."""
        known = len(self._diagnostics)
        for where, text in texts_in(node, path):
            for name in names_in(text):
                message = f"{{{name}}} is not filled in here"
                self._report(where, message, hint, Code.UNKNOWN_PLACEHOLDER)
        return len(self._diagnostics) > known

    def _instances(
        self, path: DocumentPath, shape: language.Rule, parameters: Mapping[str, Scalar]
    ) -> bool:
        """Whether for_each gives instances that can be told apart, and not too many."""
        known = len(self._diagnostics)
        for name, choices in shape.for_each.items():
            place = (*path, "for_each", name)
            self._names_not_filled_in(place, choices, "write the values themselves")
            if name in parameters:
                self._report(
                    place,
                    f"{quoted(name)} is a parameter of the policy already",
                    code=Code.NAME_CLASH,
                )
            if len(set(map(str, choices))) < len(choices):
                self._report(place, "a value is in this list twice", code=Code.LISTED_TWICE)
        number = math.prod(map(len, shape.for_each.values()))
        if number > MAX_INSTANCES:
            message = f"this gives {number} verdicts; at most {MAX_INSTANCES} are allowed"
            self._report((*path, "for_each"), message, "split the rule", Code.TOO_MANY)
        return len(self._diagnostics) == known


def _wanted_key(expect: Mapping[str, object]) -> str:
    """The key whose value a reader would call the expected one."""
    keys = (
        "state",
        "outcome",
        *(name for name in expect if name in (*language.Operators.__struct_fields__, "not")),
        "exists",
        "has_value",
        "has_subkey",
    )
    return next(key for key in (*keys, *expect) if key in expect)
