"""What a test expects, checked: could it ever come?"""

from collections.abc import Collection, Iterator, Mapping

import msgspec
from msgspec import UnsetType

from hklint.codes import Code
from hklint.documents.document import Document, DocumentPath
from hklint.language import ModelUse
from hklint.language.tests import Expected as Shape
from hklint.language.tests import ExpectedState as StateShape
from hklint.linking.expectation import ExpectationLinker
from hklint.messages import quoted, suggestion
from hklint.model import Model, Table
from hklint.policy import Policy, Rule
from hklint.span import Diagnostic, Span

UNKNOWN = "unknown"
"""Of a state: more than one is possible."""
NOT_APPLICABLE = "not_applicable"
"""Of a diagnosis: the policy is not about this host, so none is made."""


class Wanted(msgspec.Struct, frozen=True):
    """An outcome or state that has to come, and where the test says so."""

    word: str
    span: Span


class WantedState(msgspec.Struct, frozen=True):
    """A table that has to come to a state."""

    table: Table
    wanted: Wanted


class Expected(msgspec.Struct, frozen=True):
    """What has to come of a case; `verdicts` has them by their names."""

    verdicts: Mapping[str, Wanted]
    states: tuple[WantedState, ...]
    diagnosis: Wanted | None


class ExpectationReader:
    """Reads what cases expect; `diagnostics` collects what can never come.

    `has_policy` tells a document without a policy from one whose policy can't be used.
    """

    def __init__(
        self,
        document: Document,
        policy: Policy | None,
        models: Mapping[str, Model],
        broken: Collection[str],
        *,
        has_policy: bool,
    ) -> None:
        self._diagnostics: list[Diagnostic] = []
        self._document = document
        self._policy = policy
        self._has_policy = has_policy
        self._tables = ExpectationLinker(document, models, broken)
        self._bound: dict[tuple[object, ...], Table] = {}
        self._names = {} if policy is None else _names(policy)
        self._verdict_names = {name for names in self._names.values() for name in names}

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What is wrong with what was read so far."""
        return [*self._diagnostics, *self._tables.diagnostics]

    def read(self, path: DocumentPath, shape: Shape) -> Expected:
        """What stands at this path; what is wrong is left out."""
        if not (shape.states or shape.verdicts or shape.every or shape.diagnosis):
            message = "this case expects nothing"
            hint = "say what has to come of it: every, verdicts, states or diagnosis"
            self._report(path, message, hint, code=Code.TEST_EXPECTATION)
        if not self._has_policy:
            for key in ("every", "verdicts", "diagnosis"):
                if getattr(shape, key):
                    message = f"{quoted(key)} is about a policy, and none is named"
                    hint = "name it at the top of the document: policy: ID"
                    span = self._document.key_span((*path, key))
                    self._diagnostics.append(Diagnostic(span, message, hint, Code.TEST_EXPECTATION))
        return Expected(
            dict(self._verdicts(path, shape)) if self._policy is not None else {},
            tuple(self._states((*path, "states"), shape.states)),
            self._diagnosis((*path, "diagnosis"), shape.diagnosis),
        )

    def _verdicts(self, path: DocumentPath, shape: Shape) -> Iterator[tuple[str, Wanted]]:
        """By the names of all verdicts; what names one of them counts before what names a rule."""
        if not isinstance(shape.every, UnsetType):
            wanted = Wanted(shape.every, self._document.value_span((*path, "every")))
            yield from ((name, wanted) for name in self._verdict_names)
        for name in sorted(shape.verdicts, key=self._verdict_names.__contains__):
            place = (*path, "verdicts", name)
            wanted = Wanted(shape.verdicts[name], self._document.value_span(place))
            if name not in self._verdict_names and name not in self._names:
                self._unknown_verdict(place, name)
            yield from ((item, wanted) for item in self._names.get(name, (name,)))

    def _unknown_verdict(self, place: DocumentPath, name: str) -> None:
        rule = name.partition("[")[0]
        instances = self._names.get(rule, ())
        hint = suggestion(name, instances or self._names)
        message = f"the policy gives no verdict {quoted(name)}"
        self._diagnostics.append(
            Diagnostic(self._document.key_span(place), message, hint, Code.UNKNOWN_NAME)
        )

    def _states(self, path: DocumentPath, shapes: Collection[StateShape]) -> Iterator[WantedState]:
        for number, shape in enumerate(shapes):
            table = self._table((*path, number), shape)
            if table is not None:
                place = (*path, number, "state")
                self._check_state(place, shape.state, table, (UNKNOWN,))
                wanted = Wanted(shape.state, self._document.value_span(place))
                yield WantedState(table, wanted)

    def _table(self, path: DocumentPath, shape: StateShape) -> Table | None:
        """The table of a model with its parameters, bound once for all cases."""
        key = (shape.model, *sorted(shape.arguments.items()))
        if key not in self._bound:
            use = ModelUse(model=shape.model, arguments=shape.arguments)
            table = self._tables.table(path, use, {})
            if table is None:
                return None
            self._bound[key] = table
        return self._bound[key]

    def _diagnosis(self, path: DocumentPath, state: str | UnsetType) -> Wanted | None:
        if isinstance(state, UnsetType) or self._policy is None:
            return None
        if self._policy.diagnosis is None:
            message = f"the policy {self._policy.id} has no diagnosis"
            self._report(path, message, "remove this line", code=Code.TEST_EXPECTATION)
            return None
        self._check_state(path, state, self._policy.diagnosis, (UNKNOWN, NOT_APPLICABLE))
        return Wanted(state, self._document.value_span(path))

    def _check_state(
        self, path: DocumentPath, state: str, table: Table, others: tuple[str, ...]
    ) -> None:
        known = {row.state for row in table.rows}
        if state not in {*known, *others}:
            model = table.model
            there = state in model.states
            message = (
                f"{table.subject} can never be {quoted(state)}"
                if there
                else f"model {model.id} has no state {quoted(state)}"
            )
            hint = suggestion(state, [*(name for name in model.states if name in known), *others])
            code = Code.TEST_EXPECTATION if there else Code.UNKNOWN_NAME
            self._report(path, message, hint, code=code)

    def _report(self, path: DocumentPath, message: str, hint: str, code: Code) -> None:
        self._diagnostics.append(Diagnostic(self._document.value_span(path), message, hint, code))


def rule_name(rule: Rule) -> str:
    """The name of the verdict on a rule, as `Verdict.name` has it."""
    return f"{rule.info.id}[{rule.instance}]" if rule.instance else rule.info.id


def _names(policy: Policy) -> dict[str, tuple[str, ...]]:
    """The names of a policy's verdicts, by the id of the rule they are on."""
    names: dict[str, list[str]] = {}
    for rule in policy.rules:
        names.setdefault(rule.info.id, []).append(rule_name(rule))
    return {rule: tuple(found) for rule, found in names.items()}
