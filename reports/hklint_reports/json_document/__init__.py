"""One JSON document for scripts: what was judged, why, and what to change.

Its shapes are its own, so that a script goes on working when the run file changes; docs/json.md
describes them, and `hklint schema report` prints their JSON Schema. Hosts are written one at a
time, each on a line of its own, in pure ASCII. Texts are those that people read: cut and spelled
out as in every report. The run file has them whole.
"""

import json
from typing import TextIO

from hklint.run import Run
from hklint_reports import DEFAULTS, Options
from hklint_reports.json_document.hosts import host_shape
from hklint_reports.json_document.runs import run_shape, summary_shape
from hklint_reports.json_document.shapes import FORMAT, SCHEMA_FILE, VERSION
from hklint_reports.json_lines import ascii_json


def write(run: Run, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write the document, one host at a time."""
    del options
    stream.write(
        f'{{"$schema":{json.dumps(SCHEMA_FILE)},"format":{json.dumps(FORMAT)},"version":{VERSION},\n'
    )
    stream.write(f'"run":{ascii_json(run_shape(run))},\n')
    stream.write(f'"summary":{ascii_json(summary_shape(run))},\n"hosts":[')
    between = "\n"
    for host in run.hosts:
        stream.write(between + ascii_json(host_shape(run.header, host)))
        between = ",\n"
    stream.write("\n]}\n")
