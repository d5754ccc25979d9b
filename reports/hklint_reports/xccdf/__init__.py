"""XCCDF 1.2 for compliance tools: the policies as a benchmark, with a test result for each host.

The format is that of NISTIR 7275 revision 4, https://csrc.nist.gov/pubs/ir/7275/r4/final. As a
folder it is a file for each host, because most readers look at one test result of a file.
"""

from collections.abc import Iterator
from typing import TextIO

from hklint.run import HostResult, Run
from hklint_reports import DEFAULTS, Folder, Options
from hklint_reports.xccdf.benchmark import CLOSING, opening
from hklint_reports.xccdf.names import benchmark_id
from hklint_reports.xccdf.results import result_lines
from hklint_reports.xccdf.rules import Rules, rules_of

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def write(run: Run, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write the benchmark and, host by host, the test results."""
    del options
    rules = rules_of(run)
    stream.write(_DECLARATION)
    stream.writelines(opening(run, rules))
    for number, host in enumerate(run.hosts, 1):
        stream.writelines(_result(run, rules, host, number))
    stream.write(CLOSING)


def write_files(run: Run, folder: Folder, options: Options = DEFAULTS) -> None:
    """Write the benchmark with the test result of one host, for each host."""
    del options
    rules = rules_of(run)
    benchmark = "".join(opening(run, rules))
    for number, host in enumerate(run.hosts, 1):
        with folder.open(host.host, ".xccdf.xml") as stream:
            stream.write(_DECLARATION + benchmark)
            stream.writelines(_result(run, rules, host, number))
            stream.write(CLOSING)


def _result(run: Run, rules: Rules, host: HostResult, number: int) -> Iterator[str]:
    return result_lines(run, rules, host, number, f"#{benchmark_id(run.header)}")
