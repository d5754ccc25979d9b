"""The sections of the summary, but for the explanations."""

from collections.abc import Iterator

from hklint.failure import ADVICE, MEANING
from hklint.run import Run
from hklint.verdict import Diagnosis
from hklint_reports.digest import Digest
from hklint_reports.digest.groups import Group, Hosts
from hklint_reports.digest.rules import Rule
from hklint_reports.markdown.space import Section
from hklint_reports.terminal.page import Signs
from hklint_reports.text import counted, markdown_code, markdown_words
from hklint_reports.waiving import Note, about, waiver_notes, whose
from hklint_reports.wording import gone_ending

ROWS_SHOWN = 50
CAUSES_SHOWN = 5
STEPS_SHOWN = 10
MISSES_SHOWN = 10
WAIVERS_SHOWN = 20
FIXED_SHOWN = 20
HOSTS_SHOWN = 3
NAME_LIMIT = 100
"""Characters of a name of anything."""
TEXT_LIMIT = 600
"""Characters of a sentence."""


def rows(run: Run, digest: Digest, signs: Signs) -> Section:
    """The rules that did not pass everywhere as a table, worst first."""
    columns = ["rule", "severity", "failed", "unknown"]
    columns += ["new"] if run.header.baseline is not None else []
    columns += ["waived"] if run.header.waivers else []
    head = "| " + " | ".join(["", *columns, "first hosts"]) + " |"
    align = [":-", ":-", ":-", *("-:" for _ in columns[2:]), ":-"]
    rules = digest.rules
    items = (_row(rule, columns, signs) for rule in rules)
    title = "### Rules that did not pass, worst first\n\nNumbers are hosts."
    head = f"{title}\n\n{head}\n| {' | '.join(align)} |"
    return Section(head, items, len(rules), "rule", ROWS_SHOWN)


def _row(rule: Rule, columns: list[str], signs: Signs) -> str:
    sign, hosts = signs.beside, rule.waived
    if rule.failed.number:
        sign, hosts = signs.failed, rule.failed
    elif rule.unknown.number:
        sign, hosts = signs.unknown, rule.unknown
    cells = {
        "rule": markdown_code(rule.id, NAME_LIMIT),
        "severity": rule.severity,
        "failed": rule.failed.number or "",
        "unknown": rule.unknown.number or "",
        "new": rule.new.number or "",
        "waived": rule.waived.number or "",
    }
    shown = [sign, *(str(cells[column]) for column in columns), names(hosts)]
    return f"| {' | '.join(shown)} |"


def causes(run: Run, digest: Digest) -> Section:
    """What is wrong and what to do, from the diagnoses; what works only if nothing is wrong."""
    wrong = [group for group in digest.causes if not group.item.works]
    found = wrong or digest.causes
    number = len(found) + sum(not group.item.works for group in digest.diagnoses.others.values())
    items = (_cause(run, group) for group in found)
    return Section("### Diagnosis", items, number, "cause", CAUSES_SHOWN, "\n\n")


def _cause(run: Run, group: Group[Diagnosis]) -> str:
    cause = group.item
    doubt = "" if cause.state else "not known, perhaps: "
    title = f"**{doubt}{markdown_words(cause.title, TEXT_LIMIT)}**"
    lines = [f"{title} {on_hosts(run, group.hosts)}", markdown_words(cause.sentence, TEXT_LIMIT)]
    steps = [f"- {markdown_words(step, TEXT_LIMIT)}" for step in cause.next_steps[:STEPS_SHOWN]]
    return "\n\n".join(filter(None, [*lines, "\n".join(steps)]))


def missed(run: Run, digest: Digest) -> Section:
    """The hosts that were not reached, by reason."""
    number = counted(run.summary.hosts_not_reached, "host")
    head = f"### Not reached: {number}\n\nOf these nothing is known; that never counts as a pass."
    items = (
        f"- {markdown_code(item.reason)}: {markdown_words(MEANING[item.reason])}, "
        f"{on_hosts(run, item.hosts)}. {markdown_words(ADVICE[item.reason])}"
        for item in digest.missed
    )
    return Section(f"{head}\n", items, len(digest.missed), "reason for no answer", MISSES_SHOWN)


def waivers(run: Run) -> Section:
    """The waivers that need attention."""
    notes = waiver_notes(run)
    head = "### Waivers that need attention\n"
    return Section(head, _notes(notes), len(notes), "waiver note", WAIVERS_SHOWN)


def _notes(notes: list[Note]) -> Iterator[str]:
    for note in notes:
        word = f"**{note.word}**" if note.urgent else note.word
        text = markdown_words(f"{about(note.waiver)} {note.text}; {whose(note.waiver)}", TEXT_LIMIT)
        yield f"- {word}: {text}"


def fixed(run: Run, digest: Digest) -> Section:
    """What failed in the baseline and fails no more."""
    baseline = run.header.baseline
    since = "" if baseline is None else f" since the run of {markdown_code(baseline.started, 40)}"
    groups = sorted(digest.gone, key=lambda group: -group.hosts.number)
    items = (
        f"- {markdown_code(group.item.rule, NAME_LIMIT)} "
        f"{markdown_words(group.item.title, TEXT_LIMIT)} {on_hosts(run, group.hosts)}"
        f"{gone_ending(group.item)}"
        for group in groups
    )
    number = len(groups) + len(digest.gone.others)
    return Section(f"### Fails no more{since}\n", items, number, "former failure", FIXED_SHOWN)


def names(hosts: Hosts) -> str:
    """The first hosts by name, and how many more there are."""
    shown, left = hosts.names(HOSTS_SHOWN)
    more = f" and {left} more" if left else ""
    return ", ".join(markdown_code(name, NAME_LIMIT) for name in shown) + more


def on_hosts(run: Run, hosts: Hosts) -> str:
    """On which hosts something is so."""
    return f"on {hosts.number} of {counted(run.summary.hosts, 'host')}: {names(hosts)}"
