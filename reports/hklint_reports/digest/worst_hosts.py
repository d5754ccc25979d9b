"""The worst hosts of a run, with what there is to say of each in a line."""

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from hklint.failure import Reason
from hklint.run import HostResult
from hklint.verdict import SEVERITIES, Outcome, Severity
from hklint_reports.digest.rules import in_baseline


@dataclass(frozen=True, slots=True)
class HostLine:
    """A host with its counts; what is waived counts neither as failed nor as unknown.

    `new` of the failed and unknown ones are not in the baseline. `worst` is the highest severity
    of those that failed, `causes` are the states of the diagnoses that found something wrong, ""
    for a cause that is not known.
    """

    host: str
    failure: Reason | None
    failed: int
    unknown: int
    passed: int
    waived: int
    new: int
    worst: Severity | None
    causes: tuple[str, ...]


class WorstHosts:
    """As many of the worst hosts as are asked for, and how many others there are.

    `failing` hosts of all have a failed rule that is not waived.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._heap: list[tuple[tuple[int, ...], int, HostLine]] = []
        self.failing = 0
        self.number = 0

    def add(self, host: HostResult, position: int) -> None:
        """One more host of the run."""
        line, weight = _line(host)
        self.number += 1
        self.failing += line.failed > 0
        entry = (weight, -position, line)
        if len(self._heap) < self._limit:
            heapq.heappush(self._heap, entry)
        elif self._heap and entry > self._heap[0]:
            heapq.heapreplace(self._heap, entry)

    def __iter__(self) -> Iterator[HostLine]:
        yield from (line for _, _, line in sorted(self._heap, reverse=True))

    @property
    def left_out(self) -> tuple[int, int]:
        """How many hosts are not among the worst, and how many of these failed a rule."""
        return self.number - len(self._heap), self.failing - sum(line.failed > 0 for line in self)


def _line(host: HostResult) -> tuple[HostLine, tuple[int, ...]]:
    """A host in a line, and what orders it: by severity what newly failed, then the rest."""
    standing = [verdict for verdict in host.verdicts if verdict.waiver is None]
    failed = [verdict for verdict in standing if verdict.outcome is Outcome.FAIL]
    unknown = [verdict for verdict in standing if verdict.outcome is Outcome.UNKNOWN]
    new_failed = Counter(verdict.severity for verdict in failed if not in_baseline(verdict))
    new_unknown = sum(not in_baseline(verdict) for verdict in unknown)
    severities = {verdict.severity for verdict in failed}
    failure = None if host.failure is None else host.failure.reason
    line = HostLine(
        host=host.host,
        failure=failure,
        failed=len(failed),
        unknown=len(unknown),
        passed=sum(verdict.outcome is Outcome.PASS for verdict in standing),
        waived=len(host.verdicts) - len(standing),
        new=new_failed.total() + new_unknown,
        worst=next((severity for severity in SEVERITIES if severity in severities), None),
        causes=tuple(item.state for item in host.diagnoses if not item.works),
    )
    by_severity = tuple(new_failed[severity] for severity in SEVERITIES)
    return line, (*by_severity, failure is not None, new_unknown, len(failed), len(unknown))
