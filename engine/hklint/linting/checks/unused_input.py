"""HK621: an input of a model that no row looks at."""

from collections.abc import Iterator

from hklint.codes import Code
from hklint.language.placeholders import names_in
from hklint.linting.checks.scope import Scope
from hklint.messages import quoted
from hklint.span import Diagnostic


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Inputs that stand in no `when` and in no sentence: no host is ever asked for them."""
    for model in scope.models:
        used = {name for row in model.shape.rows for name in row.when}
        used |= {
            name.partition(".")[0] for row in model.shape.rows for name in names_in(row.because)
        }
        for name in model.shape.inputs:
            if name not in used:
                span = model.document.key_span(("inputs", name))
                message = f"no row looks at the input {quoted(name)}, so nobody asks for it"
                yield Diagnostic(span, message, "name it in a row, or remove it", Code.UNUSED_INPUT)
