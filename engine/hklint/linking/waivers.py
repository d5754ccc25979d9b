"""Waivers from documents, and what is wrong with them."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from hklint import language
from hklint.codes import Code
from hklint.documents.document import Document, DocumentPath
from hklint.errors import UsageError
from hklint.fold import fold
from hklint.messages import quoted, suggestion
from hklint.span import Diagnostic, Span
from hklint.target import SshTarget, WsmanTarget, parse_target
from hklint.waiver import Waiver, moment_text, read_moment

LONGEST_HOST = 400
"""Characters of a host as reports show it, which may be two names and a port."""
SENTENCES = ("reason", "owner", "approver", "ticket")
"""What makes a waiver one: without these it would be a hole in the policy."""

Rules = Mapping[str, Mapping[str, Sequence[str]]]
"""The policies by id, their rules by id, and what tells the verdicts of each rule apart; nothing
where that is not known."""


class WaiverLinker:
    """Links the waivers of several documents; `diagnostics` collects what is wrong with them.

    `rules` are those that are known. With `every_policy` there are no policies but these; without
    it a waiver may name another one, which is not used here.
    """

    def __init__(self, rules: Rules, *, every_policy: bool) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._rules = rules
        self._every_policy = every_policy
        self._ids: dict[str, Span] = {}

    def link(self, document: Document) -> list[Waiver]:
        """The waivers of a document; they are only usable when there are no diagnostics."""
        shapes = msgspec.convert(document.root, language.Waivers).waivers
        linked = (
            self._waiver(document, ("waivers", number), shape)
            for number, shape in enumerate(shapes)
        )
        return [waiver for waiver in linked if waiver is not None]

    def _waiver(
        self, document: Document, path: DocumentPath, shape: language.Waiver
    ) -> Waiver | None:
        span = document.value_span((*path, "id"))
        self._check_id(shape.id, span)
        policy = shape.policy if isinstance(shape.policy, str) else ""
        self._check_rule(document, path, policy, shape.rule)
        self._check_hosts(document, path, shape.hosts)
        for name in SENTENCES:
            if not str(getattr(shape, name)).strip():
                message = f"{quoted(name)} must not be blank"
                self._report(document, (*path, name), message, code=Code.WRONG_SIZE)
        begin = self._moment(document, (*path, "from"), shape.valid_from)
        end = self._moment(document, (*path, "until"), shape.until)
        if begin is None or end is None:
            return None
        if end <= begin:
            times = f"'until' ({moment_text(end)}) is not later than 'from' ({moment_text(begin)})"
            hint = "at 'until' a waiver is over"
            self._report(document, (*path, "until"), times, hint, Code.WAIVER_PERIOD)
        return Waiver(
            shape.id,
            policy,
            shape.rule,
            tuple(shape.hosts),
            shape.reason,
            shape.owner,
            shape.approver,
            shape.ticket,
            begin,
            end,
            shape.unknown,
            span,
        )

    def _report(
        self,
        document: Document,
        path: DocumentPath,
        message: str,
        hint: str = "",
        code: Code = Code.UNKNOWN_NAME,
    ) -> None:
        self.diagnostics.append(Diagnostic(document.value_span(path), message, hint, code))

    def _check_id(self, waiver_id: str, span: Span) -> None:
        first = self._ids.setdefault(waiver_id, span)
        if first is not span:
            message = (
                f"the waiver id {quoted(waiver_id)} is taken already, in {first.path}:{first.line}"
            )
            hint = "choose another id: reports tell waivers apart by it"
            self.diagnostics.append(Diagnostic(span, message, hint, Code.DUPLICATE_ID))

    def _check_rule(self, document: Document, path: DocumentPath, policy: str, name: str) -> None:
        if policy and policy not in self._rules:
            if self._every_policy:
                message = f"there is no policy {quoted(policy)}"
                self._report(document, (*path, "policy"), message, suggestion(policy, self._rules))
            return
        policies = [policy] if policy else list(self._rules)
        rule, bracket, rest = name.partition("[")
        known = [self._rules[item][rule] for item in policies if rule in self._rules[item]]
        if not known:
            where = f"the policy {quoted(policy)} has no" if policy else "no policy has a"
            rules = dict.fromkeys(each for item in policies for each in self._rules[item])
            hint = suggestion(rule, sorted(rules, key=lambda each: -_shared(each, rule)))
            if not (policy or self._every_policy):
                hint += "; a rule of a policy that is not known here needs 'policy' beside it"
            self._report(document, (*path, "rule"), f"{where} rule {quoted(rule)}", hint)
        elif bracket and all(known):
            instance, choices = rest.removesuffix("]"), [each for some in known for each in some]
            if instance not in choices:
                hint = "it has one verdict on each host: leave the brackets out"
                hint = suggestion(instance, choices) if any(choices) else hint
                message = f"the rule {quoted(rule)} has no verdict {quoted(f'[{instance}]')}"
                self._report(document, (*path, "rule"), message, hint)

    def _check_hosts(self, document: Document, path: DocumentPath, hosts: Sequence[str]) -> None:
        seen: dict[str, int] = {}
        for number, host in enumerate(hosts):
            place = (*path, "hosts", number)
            first = seen.setdefault(fold(host), number)
            if first != number:
                message = f"{quoted(host)} is in this list already, as item {first + 1}"
                self._report(document, place, message, code=Code.LISTED_TWICE)
            elif wrong := _host_mistake(host):
                self._report(document, place, *wrong, Code.WRONG_FORM)

    def _moment(self, document: Document, path: DocumentPath, text: str) -> datetime | None:
        try:
            return read_moment(text)
        except ValueError:
            message = f"{quoted(text)} is no date and time that there is"
            hint = "write the day, the time and the zone, such as 2027-03-31T00:00:00Z"
            self._report(document, path, message, hint, Code.WAIVER_PERIOD)
            return None


def _host_mistake(host: str) -> tuple[str, str] | None:
    """What is wrong with the name or pattern of a host, and what to write instead."""
    if host != host.strip():
        return f"{quoted(host)} begins or ends with a blank", "no host is called so"
    if "://" in host or "@" in host:
        return f"{quoted(host)} is a target", f"write the host's name alone{_name_in(host)}"
    if re.search(r"[\[\]{}]", host) and not host.startswith("["):
        hint = "only * and ? stand for other characters; write several patterns"
        return f"{quoted(host)} has brackets", hint
    if re.search("[,;]", host):
        return f"{quoted(host)} is more than one host", "make each host an item of the list"
    if re.search(r"[/\\]", host):
        return f"{quoted(host)} is no name of a host", "write the name without a domain or path"
    if len(host) > LONGEST_HOST:
        return f"{quoted(host)} is longer than any host's name", ""
    return None


def _name_in(text: str) -> str:
    try:
        target = parse_target(text, is_file=lambda _: False)
    except UsageError:
        return ""
    return f": {target.host}" if isinstance(target, (WsmanTarget, SshTarget)) else ""


def _shared(one: str, other: str) -> int:
    """How many words two ids have in common."""
    return len({*re.split("[.-]", one)} & {*re.split("[.-]", other)})
