"""One HTML page for people: the answer, the cause, what to do first, and every verdict explained.

It is one file that loads nothing, and says so in its content security policy. A small run is all
there without the script; of a large one the script draws what its reader opens.
"""

from typing import TextIO

from hklint.run import Run
from hklint_reports import DEFAULTS, Options
from hklint_reports.html.assembly import environment, script, security_policy, style
from hklint_reports.html.page import Page


def write(run: Run, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write the page in ASCII: right in whatever encoding the stream has."""
    del options
    the_style, the_script = style(), script()
    pieces = (
        environment()
        .get_template("page.html")
        .generate(
            page=Page(run),
            style=the_style,
            script=the_script,
            policy=security_policy(the_style, the_script),
        )
    )
    stream.writelines(
        piece.encode("ascii", "xmlcharrefreplace").decode("ascii") for piece in pieces
    )
