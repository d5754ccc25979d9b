"""Markdown for job summaries and pull requests: the answer, the cause, the worst rules.

GitHub takes 65,536 characters of a comment and 1 MiB of a step's summary; this stays below the
smaller one, and its last line says what was left out. All text that is not ours goes through
`markdown_words`, `markdown_code` or a fence: nothing in it becomes a link, a mention or markup.
"""

from collections.abc import Iterator
from typing import TextIO

from hklint.run import Run
from hklint_reports import DEFAULTS, Options
from hklint_reports.digest import Digest
from hklint_reports.digest.tally import numbers, size
from hklint_reports.markdown.details import details
from hklint_reports.markdown.sections import causes, fixed, missed, rows, waivers
from hklint_reports.markdown.space import Left, Space
from hklint_reports.since import since_line
from hklint_reports.terminal.page import Signs, encoding_of, signs_for
from hklint_reports.text import counted, encodable, markdown_code, markdown_words
from hklint_reports.wording import exit_reason, gate_reason, not_asked

LIMIT = 65_000
"""Bytes of the whole; GitHub counts characters."""
FOR_THE_LAST_LINE = 700


def write(run: Run, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write the summary as a fragment that can stand in a page with others."""
    del options
    encoding = encoding_of(stream)
    text = "\n\n".join(filter(None, _parts(run, signs_for(stream))))
    stream.write(encodable(text, encoding) + "\n")


def _parts(run: Run, signs: Signs) -> Iterator[str]:
    """The sections in the order of the page; those that matter most have taken their room first."""
    digest = Digest(run, worst_hosts=0)
    space = Space(LIMIT - FOR_THE_LAST_LINE)
    answer = space.taken("\n\n".join(_answer(run, signs)))
    left: list[Left] = []
    table = space.section(rows(run, digest, signs), left)
    why = space.section(causes(run, digest), left)
    gone = space.section(missed(run, digest), left)
    attention = space.section(waivers(run), left)
    better = space.section(fixed(run, digest), left)
    explained = space.section(details(run, digest), left)
    yield from (answer, why, table, explained, gone, attention, better)
    if left:
        said = ", ".join(f"{counted(item.number, 'more ' + item.what)}" for item in left)
        yield f"Left out here: {said}. `hklint report RUN --report html=FILE` shows them all."


def _answer(run: Run, signs: Signs) -> Iterator[str]:
    code = run.summary.exit_code
    sign = signs.failed if code else signs.passed
    reason = f"exit {code}: {exit_reason(run)}"
    if run.header.command == "gate":
        yield f"## {sign} hklint: {'GATE SHUT' if code else 'GATE OPEN'}"
        yield f"{markdown_words(gate_reason(run))} ({markdown_words(reason)})"
    else:
        yield f"## {sign} hklint: {markdown_words(reason)}"
    if said := since_line(run):
        yield f"**{markdown_words(said)}**"
    tally = ", ".join(number.text for number in numbers(run))
    yield f"**{tally}** ({size(run)})"
    policies = ", ".join(
        f"{markdown_code(policy.id, 100)} {markdown_words(policy.version, 50)}"
        for policy in run.header.policies[:10]
    )
    more = len(run.header.policies) - 10
    others = f" and {more} more" if more > 0 else ""
    started = markdown_code(run.header.started, 40)
    version = markdown_words(run.header.hklint, 50)
    yield f"Policies: {policies}{others}; started {started}, hklint {version}"
    if run.summary.interrupted:
        yield f"**{markdown_words(not_asked(run))}**"
