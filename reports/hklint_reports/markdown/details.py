"""The explanations of the worst rules, each closed until it is opened."""

import html
import re

from hklint.run import Run
from hklint.verdict import Outcome
from hklint_reports.digest import Digest
from hklint_reports.digest.rules import Rule
from hklint_reports.digest.stories import Story, told_together
from hklint_reports.markdown.sections import NAME_LIMIT, TEXT_LIMIT, on_hosts
from hklint_reports.markdown.space import Section
from hklint_reports.terminal.page import labelled
from hklint_reports.text import counted, markdown_code, markdown_words, visible
from hklint_reports.wording import expectation

RULES_SHOWN = 15
WIDTH = 100
"""Columns of an explanation; a longer line than the page is wide has to be scrolled."""
_TICKS = re.compile("`+")


def details(run: Run, digest: Digest) -> Section:
    """What was read of the worst rules, what it means, why it matters and how to mend it."""
    rules = [rule for rule in digest.rules if rule.failed.number or rule.unknown.number]
    items = (_details(run, digest, rule) for rule in rules)
    return Section("### Explanations", items, len(rules), "explanation", RULES_SHOWN, "\n\n")


def _details(run: Run, digest: Digest, rule: Rule) -> str:
    outcome = Outcome.FAIL if rule.failed.number else Outcome.UNKNOWN
    hosts = rule.failed if rule.failed.number else rule.unknown
    word = "failed" if rule.failed.number else "could not be judged"
    name = html.escape(visible(rule.id, NAME_LIMIT))
    count = f"{word} on {hosts.number} of {counted(run.summary.hosts, 'host')}"
    if rule.failed.number and rule.unknown.number:
        count += f", could not be judged on {rule.unknown.number}"
    if run.header.baseline is not None and not rule.new.number:
        count += ", known from the baseline"
    found = digest.story(rule, outcome)
    place = markdown_code(f"{rule.span.path}:{rule.span.line}", TEXT_LIMIT)
    parts = [
        f"<details><summary><code>{name}</code> {count}</summary>",
        f"{markdown_words(rule.title, TEXT_LIMIT)} ({rule.severity}), {place}",
        "" if found is None else _explained(run, found, hosts.number),
        _also_unknown(run, digest, rule),
        "</details>",
    ]
    return "\n\n".join(filter(None, parts))


def _explained(run: Run, story: Story, hosts: int) -> str:
    """What most hosts have in common; on others the rule fails in another way."""
    same = story.hosts.number == hosts
    told = "" if same else f"As {on_hosts(run, story.hosts)}; it reads otherwise elsewhere.\n\n"
    texts = [("verdict", f"{item.name}: {expectation(item)}") for item in story.verdicts]
    texts += told_together(story.verdicts)
    lines = ["".join(text for text, _ in line) for line in labelled(WIDTH, 0, texts)]
    return told + _fenced(lines)


def _also_unknown(run: Run, digest: Digest, rule: Rule) -> str:
    """Where a rule that failed on other hosts could not be judged, and why."""
    if not (rule.failed.number and rule.unknown.number):
        return ""
    found = digest.story(rule, Outcome.UNKNOWN)
    reason = markdown_words(found.verdicts[0].reason, TEXT_LIMIT) if found is not None else ""
    why = f": {reason}" if reason else ""
    where = on_hosts(run, rule.unknown)
    return f"Could not be judged {where}{why}. That never counts as a pass."


def _fenced(lines: list[str]) -> str:
    """A block of code; its fence is longer than any row of backquotes in it."""
    text = "\n".join(lines)
    longest = max((len(ticks) for ticks in _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
