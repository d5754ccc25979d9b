"""Tests documents linked with the policy and the models they are about, ready to be run."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import UnsetType

from hklint import language
from hklint.codes import Code
from hklint.documents.document import Document, DocumentPath
from hklint.documents.files import real_path
from hklint.errors import UsageError
from hklint.facts import to_request
from hklint.language.tests import TestCase as CaseShape
from hklint.linking.catalogue import Catalogue
from hklint.linking.library import Library
from hklint.linking.model_checks import FollowUp
from hklint.linking.parameters import ParameterError, given_values
from hklint.linking.policy import PolicyLinker
from hklint.messages import quoted, suggestion
from hklint.model import Scalar, Table
from hklint.policy import Policy
from hklint.policy_tests.asked import Asked, asked_for
from hklint.policy_tests.expected import ExpectationReader, Expected
from hklint.policy_tests.facts import FactsReader
from hklint.policy_tests.hosts import Hosts
from hklint.policy_tests.stated import Stated, laid_over
from hklint.snapshot import Snapshot
from hklint.sources.recorded import load_snapshot
from hklint.span import Diagnostic, Span


class Case(msgspec.Struct, frozen=True):
    """A host, as it is stated or as it was recorded, and what has to come of judging it.

    `group` are the other hosts of its group, by their names.
    """

    name: str
    span: Span
    host: Stated | Snapshot
    expected: Expected
    group: tuple[tuple[str, Stated], ...] = ()


class Suite(msgspec.Struct, frozen=True):
    """The cases of one document; their hosts are asked `request`."""

    id: str
    title: str
    path: str
    policy: Policy | None
    request: Mapping[str, Any]
    cases: tuple[Case, ...]


def check(document: Document, catalogue: Catalogue, library: Library) -> list[Diagnostic]:
    """Everything that is wrong with a tests document, without running it."""
    return link_tests(document, catalogue, library)[1]


def link_tests(
    document: Document, catalogue: Catalogue, library: Library
) -> tuple[Suite, list[Diagnostic]]:
    """The suite of a document, which is only usable without errors, and what is wrong with it."""
    linker = _Linker(document, catalogue, library)
    return linker.link(), linker.diagnostics


class _Linker:
    """Links one document; `diagnostics` collects what is wrong with it."""

    def __init__(self, document: Document, catalogue: Catalogue, library: Library) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._document = document
        self._shape = msgspec.convert(document.root, language.Tests)
        self._catalogue = catalogue
        self._models = library.models
        self._broken = {*catalogue.broken["model"], *catalogue.models} - library.models.keys()

    def link(self) -> Suite:
        """The suite, without what is wrong."""
        shape, document = self._shape, self._document
        policy = self._policy()
        has_policy = isinstance(shape.policy, str)
        reader = ExpectationReader(
            document, policy, self._models, self._broken, has_policy=has_policy
        )
        expected = [
            reader.read(("cases", number, "expect"), case.expect)
            for number, case in enumerate(shape.cases)
        ]
        asked: Asked | None = None
        bound = sum(len(one.states) for one in expected)
        complete = bound == sum(len(case.expect.states) for case in shape.cases)
        if complete and (policy is not None or not has_policy):
            asked = asked_for(policy, _tables(expected))
        facts = FactsReader(document, asked)
        hosts = Hosts(document, shape.hosts, facts)
        cases = tuple(
            Case(
                case.name,
                document.value_span(("cases", number, "name")),
                self._host(("cases", number), case, hosts, facts),
                wanted,
                tuple(
                    (name, hosts.find(("cases", number, "group", place), name))
                    for place, name in enumerate(case.group)
                ),
            )
            for number, (case, wanted) in enumerate(zip(shape.cases, expected, strict=True))
        )
        self._same_names()
        self.diagnostics += [*reader.diagnostics, *facts.diagnostics, *hosts.unused()]
        request = to_request(() if asked is None else asked.facts)
        return Suite(shape.id, shape.title, document.path, policy, request, cases)

    def _policy(self) -> Policy | None:
        """The policy under test with its parameters; None if there is none, or it can't be used."""
        name = self._shape.policy
        if isinstance(name, UnsetType):
            for parameter in self._shape.parameters:
                message = "there is no policy to set this parameter of"
                hint = "name it at the top of the document: policy: ID"
                self._report_key(("parameters", parameter), message, hint, Code.UNKNOWN_NAME)
            return None
        if name not in self._catalogue.policies:
            if name in self._catalogue.broken["policy"]:
                self._follow_up(f"policy {quoted(name)} can't be used: it has mistakes of its own")
            else:
                hint = suggestion(name, self._catalogue.policies)
                message = f"there is no policy {quoted(name)}"
                self._report(("policy",), message, hint, Code.UNKNOWN_NAME)
            return None
        document = self._catalogue.policies[name]
        given = self._parameters(name, document)
        linker = PolicyLinker(document, self._models, given, self._broken)
        policy = linker.link()
        if linker.diagnostics:
            first = linker.diagnostics[0]
            with_these = " with these parameters" if given else ""
            self._follow_up(f"policy {quoted(name)} can't be used{with_these}: {first.message}")
            return None
        return policy

    def _parameters(self, policy: str, document: Document) -> dict[str, Scalar]:
        """The values set in this document, in the types of the policy's parameters."""
        declared = msgspec.convert(
            document.root.get("parameters", {}), dict[str, language.Parameter]
        )
        given: dict[str, Scalar] = {}
        for name, value in self._shape.parameters.items():
            try:
                found = given_values(f"{policy}.{name}", value, {policy: declared})
            except ParameterError as error:
                unknown = error.code is Code.UNKNOWN_NAME
                report = self._report_key if unknown else self._report
                report(("parameters", name), str(error), error.help, error.code)
            else:
                given |= {parameter: typed for (_, parameter), typed in found.items()}
        return given

    def _host(
        self, path: DocumentPath, case: CaseShape, hosts: Hosts, facts: FactsReader
    ) -> Stated | Snapshot:
        """The host of a case: one from above with its own facts laid over that, or recorded."""
        if isinstance(case.snapshot, str):
            return self._snapshot(path, case, case.snapshot)
        base = Stated()
        fields: Mapping[str, Scalar] = {}
        if isinstance(case.host, str):
            base = hosts.find((*path, "host"), case.host)
        else:
            fields = case.host
        if isinstance(case.extends, str):
            if isinstance(case.host, str):
                message = "the case names its host twice, with host and with extends"
                self._report((*path, "extends"), message, "keep one of them", Code.TEST_FACTS)
            base = hosts.find((*path, "extends"), case.extends)
        return laid_over(base, facts.read(path, case, fields))

    def _snapshot(self, path: DocumentPath, case: CaseShape, name: str) -> Stated | Snapshot:
        for key in ("host", "extends", "registry", "registry_32", "web"):
            if getattr(case, key):
                message = f"{key!r} can't stand beside a snapshot, which is the whole host"
                hint = "remove one of them"
                self._report_key((*path, key), message, hint, Code.TEST_FACTS)
        file = real_path(self._document.path).parent / name
        found = f"{name}: there is no such file, as seen from this document"
        if file.is_file():
            try:
                return load_snapshot(str(file))
            except UsageError as error:
                found = str(error)
        hint = "write a snapshot with: hklint snapshot TARGET --policy POLICY -o FILE"
        self._report((*path, "snapshot"), found, hint, Code.TEST_FACTS)
        return Stated()

    def _same_names(self) -> None:
        lines: dict[str, int] = {}
        for number, case in enumerate(self._shape.cases):
            span = self._document.value_span(("cases", number, "name"))
            if case.name in lines:
                message = f"the case in line {lines[case.name]} has the same name"
                self.diagnostics.append(
                    Diagnostic(span, message, "say what is different here", Code.DUPLICATE_ID)
                )
            lines.setdefault(case.name, span.line)

    def _follow_up(self, message: str) -> None:
        span = self._document.value_span(("policy",))
        hint = "mend that policy first"
        self.diagnostics.append(FollowUp(span, message, hint, Code.BROKEN_DEPENDENCY))

    def _report(self, path: DocumentPath, message: str, hint: str, code: Code) -> None:
        self.diagnostics.append(Diagnostic(self._document.value_span(path), message, hint, code))

    def _report_key(self, path: DocumentPath, message: str, hint: str, code: Code) -> None:
        self.diagnostics.append(Diagnostic(self._document.key_span(path), message, hint, code))


def _tables(expected: list[Expected]) -> Iterator[Table]:
    """The tables whose states are expected, each once."""
    seen = {id(item.table): item.table for one in expected for item in one.states}
    yield from seen.values()
