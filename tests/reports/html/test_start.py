"""What the page begins with: the answer, the causes, and what to do first."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import msgspec
import pytest

from hklint.run import Reference, Run
from hklint.verdict import Outcome
from hklint_reports.html import advice, start
from hklint_reports.html.index import Index
from hklint_reports.html.links import links
from hklint_reports.wording import exit_reason, gate_reason


def test_a_check_says_what_its_exit_code_means(runs: ModuleType) -> None:
    found = start.banner(runs.single())
    assert (found.key, found.word, found.reason) == ("shut", "EXIT 1", "a rule failed")
    assert found.meaning.startswith("Exit code 1 means: a rule or test failed")


@pytest.mark.parametrize(
    ("case", "key", "word"),
    [
        ("all_pass", "open", "GATE OPEN"),
        ("gate_waived", "open", "GATE OPEN"),
        ("gate_empty", "shut", "GATE SHUT"),
    ],
)
def test_a_gate_says_go_or_no_go(runs: ModuleType, case: str, key: str, word: str) -> None:
    run: Run = getattr(runs, case)()
    found = start.banner(run)
    assert (found.key, found.word, found.reason) == (key, word, gate_reason(run))


def test_an_exit_code_of_another_kind(runs: ModuleType) -> None:
    run = runs.single()
    run = msgspec.structs.replace(run, summary=msgspec.structs.replace(run.summary, exit_code=130))
    assert start.banner(run) == ("shut", "\u2717", "EXIT 130", exit_reason(run), "")


def test_first_the_cause_then_those_not_reached_then_the_worst_rules(runs: ModuleType) -> None:
    hosts = (*runs.fleet().hosts, runs.not_reached().hosts[1])
    found = list(advice.steps(Index(runs.run(hosts, 1))))
    assert [step.head for step in found] == [
        "On 2 of 4 hosts: TLS 1.2 is switched off for outgoing connections",
        "1 host gave no answer: the host did not answer in time.",
        ".NET Framework 4 inherits Schannel's default protocols.",
        "Programs use TLS 1.2 for outgoing connections by default.",
        "The host reaches the Microsoft Store over TLS.",
    ]
    assert found[0].lines == runs.BLOCKED.next_steps
    assert found[2].fix == (*runs.NET_UNSET[0].explanation.fix, *runs.NET_UNSET[1].explanation.fix)
    assert found[3].lines[0] == "high, 2 verdicts failed, 1 verdict unknown"


def test_a_fix_that_not_all_hosts_share_says_so(runs: ModuleType) -> None:
    said = runs.CLIENT_OFF.explanation
    other = msgspec.structs.replace(
        runs.CLIENT_OFF, explanation=msgspec.structs.replace(said, fix=("another",))
    )
    hosts = [runs.host("a", (other,)), *(runs.host(name, (runs.CLIENT_OFF,)) for name in "bc")]
    (step,) = advice.steps(Index(runs.run(hosts, 1)))
    assert (step.fix_head, step.fix) == ("Fix on the most hosts alike", said.fix)


def test_causes_that_read_alike_are_told_once(runs: ModuleType) -> None:
    other = msgspec.structs.replace(runs.BLOCKED, evidence=())
    hosts = [runs.host("a", (), (runs.BLOCKED,)), runs.host("b", (), (other,))]
    (cause,) = advice.causes(Index(runs.run(hosts, 1)))
    assert cause.on == "on 2 of 2 hosts"
    assert cause.places == ("policies/models/store-connection.yaml:5 (row 1 of 12)",)


def test_a_cause_that_is_not_known_is_no_failure(runs: ModuleType) -> None:
    open_ = msgspec.structs.replace(runs.BLOCKED, state="")
    (cause,) = advice.causes(Index(runs.run([runs.host("a", (), (open_,))], 4)))
    assert cause.key == "unknown"
    assert cause.title.startswith("not known, perhaps: ")


def test_waived_rules_are_no_steps(runs: ModuleType) -> None:
    run = runs.gate_waived()
    assert [step.rule for step in advice.steps(Index(run))] == [None]
    assert start.nothing(run) == "Nothing failed, and nothing is unknown, but for what is waived."


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("all_pass", "Nothing failed, and nothing is unknown."),
        ("gate_empty", "Nothing failed, and nothing is unknown. Yet nothing was judged."),
        ("interrupted", "Nothing failed, and nothing is unknown. Yet the run was interrupted."),
    ],
)
def test_nothing_to_do_is_no_all_clear(
    runs: ModuleType, case: str, said: str, page: Callable[[Run], str]
) -> None:
    run: Run = getattr(runs, case)()
    assert list(advice.steps(Index(run))) == []
    assert f"<p>{said}</p>" in page(run)


def test_rules_and_hosts_are_ordered_worst_first(runs: ModuleType) -> None:
    low = runs.judged("values-set-alike", Outcome.FAIL, wanted="1", found="0")
    hosts = [
        runs.host("fine", runs.ALL_PASS),
        runs.host("unknown", (runs.DENIED,)),
        runs.not_reached().hosts[1],
        runs.host("two", (low, runs.REFUSED)),
        runs.host("one", (low,)),
    ]
    index = Index(runs.run(hosts, 1))
    assert [host.name for host in index.hosts] == [
        "two", "one", "ex09.corp.example", "unknown", "fine",
    ]  # fmt: skip
    assert [rule.info.id for rule in index.rules] == [
        "store-reachable",
        "values-set-alike",
        "tls-1.2-client-usable",
        "dotnet-uses-schannel-defaults",
    ]


def test_two_verdicts_of_one_name_on_a_host_are_both_kept(runs: ModuleType) -> None:
    twice = (runs.REFUSED, runs.passed("store-reachable"))
    index = Index(runs.run([runs.host("a", (runs.REFUSED,)), runs.host("b", twice)], 1))
    cells = [[column.cell(host) for host in (0, 1)] for _, column in index.columns]
    assert cells == [[1, 1], [0, 1]]


@pytest.mark.parametrize(
    ("title", "instances", "shown"),
    [
        ("Schannel's protocols, <view>", ["view=64-bit", "view=32-bit"], "64-bit/32-bit"),
        ("Schannel's protocols, <view>", ["view=64-bit"], "64-bit"),
        ("Schannel's protocols, <view>", [f"view={number}" for number in range(4)], "each view"),
        ("Schannel's protocols, <view>", ["role=Client"], "<view>"),
        ("Schannel's protocols, <view>", ["role=a,b,view=x=y,z"], "x=y,z"),
        ("Schannel's protocols, <b>", ["view=64-bit"], "<b>"),
    ],
)
def test_a_title_lists_what_the_rule_is_for(
    runs: ModuleType, title: str, instances: list[str], shown: str
) -> None:
    verdicts = tuple(runs.passed("values-set-alike", each) for each in instances)
    done = runs.run([runs.host("ex01", verdicts)], 0)
    (policy,) = done.header.policies
    infos = [msgspec.structs.replace(info, title=title) for info in policy.rules]
    policy = msgspec.structs.replace(policy, rules=tuple(infos))
    header = msgspec.structs.replace(done.header, policies=(policy,))
    index = Index(Run(header, done.hosts, done.summary))
    (rule,) = (rule for rule in index.rules if rule.columns)
    assert rule.title == f"Schannel's protocols, {shown}"


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://learn.microsoft.com/en-us/x?a=1#b", True),
        ("https://example.com", True),
        ("http://example.com/", False),
        ("javascript:alert(1)", False),
        ("HTTPS://example.com/", False),
        ("https://user@example.com/", False),
        ("https://learn.microsoft.com\\@example.com/", False),
        ("https://ex\u0430mple.com/", False),
        ("https://example.com/\u202egnp", False),
        ("https://example.com/ x", False),
        ("https://", False),
        ("//example.com/", False),
        ("https://example.com/" + "a" * 3000, False),
    ],
)
def test_only_plain_addresses_become_links(url: str, linked: bool) -> None:  # noqa: FBT001 - a case
    (link,) = links([Reference("A page", url)])
    assert (link.address == url) is linked
    assert link.address in (url, "")


def test_reference_without_a_link_is_shown(
    runs: ModuleType, page: Callable[[Run], str], data_of: Callable[[str], dict[str, Any]]
) -> None:
    run = runs.single()
    (policy,) = run.header.policies
    rules = tuple(
        msgspec.structs.replace(rule, references=(Reference("A page", "javascript:alert(1)"),))
        for rule in policy.rules
    )
    policy = msgspec.structs.replace(policy, rules=rules)
    header = msgspec.structs.replace(run.header, policies=(policy,))
    text = page(Run(header, run.hosts, run.summary))
    assert "<li>A page: javascript:alert(1)</li>" in text
    assert 'href="javascript' not in text
    data = data_of(text)
    assert {link[2] for rule in data["rules"] for link in rule["links"]} == {""}
