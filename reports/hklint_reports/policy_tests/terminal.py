"""Policy tests on the terminal: what failed and why, what no test has met, and how many passed."""

from collections.abc import Iterator
from itertools import groupby
from typing import TextIO

from hklint.policy_tests.results import CaseResult, Mismatch, Results
from hklint_reports import DEFAULTS, Options
from hklint_reports.policy_tests.wording import (
    coverage_text,
    exit_text,
    group_text,
    mismatch_parts,
    mismatch_text,
)
from hklint_reports.terminal.page import Line, Signs, labelled, plain, print_lines, signs_for
from hklint_reports.terminal.quote import quote
from hklint_reports.text import counted, visible

INDENT = 5
"""Columns before `=` where a block quotes no line."""
MISMATCHES_SHOWN = 10
"""Of one case, unless all are asked for."""
UNMET_SHOWN = 20
"""Of what no test has met, unless all is asked for."""


def write(result: Results, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write what people read, in their terminal's characters and width."""
    signs = signs_for(stream)
    print_lines(_lines(result, options, signs), stream, color=options.color)


def _lines(result: Results, options: Options, signs: Signs) -> Iterator[Line]:
    if not options.quiet:
        for suite in result.suites:
            if options.verbose:
                yield from _passed(suite.cases, signs)
            for case in suite.cases:
                if case.mismatches:
                    yield from _failed(case, result, options, signs)
        yield from _unmet(result, options)
    yield from _ending(result, options, signs)


def _passed(cases: tuple[CaseResult, ...], signs: Signs) -> Iterator[Line]:
    for case in cases:
        if not case.mismatches:
            yield ((f"{signs.passed} ", "pass"), (visible(case.name), ""))
            yield ((f"    {visible(str(case.span))}", "beside"),)
    if cases:
        yield ()


def _failed(case: CaseResult, result: Results, options: Options, signs: Signs) -> Iterator[Line]:
    yield (("FAILED", "fail"), (f": {visible(case.name)}", "strong"))
    limit = len(case.mismatches) if options.verbose else MISMATCHES_SHOWN
    for _, found in groupby(case.mismatches, lambda mismatch: mismatch.span):
        mismatches = list(found)
        if limit > 0:
            yield from _place(mismatches, mismatches[:limit], result, options, signs)
        limit -= len(mismatches)
    if limit < 0:
        yield plain(f"  ... and {-limit} more; --verbose explains them all")
        yield ()


def _place(
    mismatches: list[Mismatch],
    shown: list[Mismatch],
    result: Results,
    options: Options,
    signs: Signs,
) -> Iterator[Line]:
    """What is expected at one place, and why each of it did not come."""
    span, caption = mismatches[0].span, group_text(mismatches)
    text = result.documents.get(span.path, "")
    lines = list(quote(text, span, caption, "fail", signs, options.width))
    yield ((f"  --> {visible(str(span))}", ""),)
    yield from lines or [plain(f"  {caption}", "fail")]
    indent = len(str(span.line)) + 3 if lines else INDENT
    for mismatch in shown:
        if len(mismatches) > 1:
            yield from labelled(options.width, indent, [("got", mismatch_text(mismatch))])
        yield from labelled(options.width, indent, mismatch_parts(mismatch))
        yield ()


def _unmet(result: Results, options: Options) -> Iterator[Line]:
    unmet = () if result.coverage is None else result.coverage.unmet
    if not unmet:
        return
    yield (("NOT MET", "unknown"), (": no test expects what stands here", "strong"))
    limit = len(unmet) if options.verbose else UNMET_SHOWN
    for item in unmet[:limit]:
        yield ((f"  --> {visible(str(item.span))}", "beside"), (f"  {visible(item.what)}", ""))
    if (more := len(unmet) - limit) > 0:
        yield plain(f"  ... and {more} more; --verbose lists them all")
    yield ()


def _ending(result: Results, options: Options, signs: Signs) -> Iterator[Line]:
    passed = result.cases - result.failed
    about = f"{counted(result.cases, 'case')} in {counted(len(result.suites), 'file')}"
    yield (
        (f"{signs.passed} {passed} passed", "pass" if passed else ""),
        ("   ", ""),
        (f"{signs.failed} {result.failed} failed", "fail" if result.failed else ""),
        (f"   ({about}, {result.seconds:.1f} s)", ""),
    )
    yield plain(coverage_text(result), "" if result.covered else "fail")
    written = ", ".join(visible(path) for path in options.written)
    files = f"  Written: {written}" if written else ""
    code = result.exit_code
    yield ((f"exit {code}", "fail" if code else "pass"), (f": {exit_text(result)}.{files}", ""))
