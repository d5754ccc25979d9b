"""OVAL 5.11.1: definitions of the registry rules, and what each host's registry had.

So that another program judges the same facts: `oscap oval analyse definitions.xml ex01.xml`.
"""

from hklint.run import Run
from hklint_reports import DEFAULTS, Folder, Options
from hklint_reports.oval import characteristics, definitions
from hklint_reports.oval.plan import plan


def write_files(run: Run, folder: Folder, options: Options = DEFAULTS) -> None:
    """Write the definitions, and the characteristics of each host in a file of its own."""
    del options
    planned = plan(run.header)
    with folder.open("definitions", ".xml") as stream:
        definitions.write(run.header, planned, stream)
    for host in run.hosts:
        with folder.open(host.host, ".xml") as stream:
            characteristics.write(host, run.header, planned, stream)
