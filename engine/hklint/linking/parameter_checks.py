"""What can be wrong with the parameters that policies declare."""

from collections.abc import Iterator, Mapping

from msgspec import UNSET

from hklint import cover
from hklint.codes import Code
from hklint.documents.document import Document, DocumentPath
from hklint.language import Parameter
from hklint.linking.parameters import ParameterError, ends_of, parameter_value, range_in_words
from hklint.messages import quoted
from hklint.span import Diagnostic

_RANGE = ("at_least", "at_most", "between")
_OPTIONS = (*_RANGE, "matches")


def check_parameters(
    document: Document, parameters: Mapping[str, Parameter]
) -> Iterator[Diagnostic]:
    """Everything that is wrong with the parameters that a policy declares."""
    for name, parameter in parameters.items():
        path: DocumentPath = ("parameters", name)
        wrong = [*_option_mistakes(document, path, parameter)]
        wrong = wrong or [*_choice_mistakes(document, path, parameter)]
        if not wrong:
            try:
                parameter_value(parameter, parameter.default)
            except ParameterError as error:
                span = document.value_span((*path, "default"))
                wrong = [Diagnostic(span, str(error), error.help, error.code)]
        yield from wrong


def _option_mistakes(
    document: Document, path: DocumentPath, parameter: Parameter
) -> Iterator[Diagnostic]:
    """Options that don't fit the type, or each other."""
    kind = "text" if parameter.type is UNSET else parameter.type
    given = [option for option in _OPTIONS if getattr(parameter, option) is not UNSET]
    for option in given:
        span = document.key_span((*path, option))
        fitting = "text" if option == "matches" else "integer"
        if parameter.one_of is not UNSET:
            message = f"one_of says already what is allowed, so {option} has no place beside it"
            yield Diagnostic(span, message, "remove one of them", Code.WHICH_KIND)
        elif kind != fitting:
            message = f"{option} is for the type {fitting}, and this parameter is of type {kind}"
            hint = f"write type: {fitting}, or remove it"
            yield Diagnostic(span, message, hint, Code.OPERATOR_TYPE)
        elif option in {"at_least", "at_most"} and "between" in given:
            message = f"between says already what is allowed, so {option} has no place beside it"
            yield Diagnostic(span, message, "remove one of them", Code.WHICH_KIND)


def _choice_mistakes(
    document: Document, path: DocumentPath, parameter: Parameter
) -> Iterator[Diagnostic]:
    """Ranges that are empty, patterns that are none, choices that don't fit the type."""
    low, high = ends_of(parameter)
    if low is not None and high is not None and low > high:
        place = next(
            option for option in reversed(_RANGE) if getattr(parameter, option) is not UNSET
        )
        message = f"no number can ever be {range_in_words(low, high)}"
        span = document.value_span((*path, place))
        yield Diagnostic(span, message, "write the lower one first", Code.NEVER_HOLDS)
    if isinstance(parameter.matches, str):
        try:
            cover.compiled(parameter.matches)
        except cover.PatternError as error:
            message = f"{quoted(parameter.matches)} is no pattern: {error}"
            span = document.value_span((*path, "matches"))
            hint = "patterns are those of RE2: without look-around and back-references"
            yield Diagnostic(span, message, hint, Code.INVALID_PATTERN)
    if isinstance(parameter.one_of, list):
        plain = Parameter(type=parameter.type, default="")
        seen: set[str] = set()
        for number, item in enumerate(parameter.one_of):
            span = document.value_span((*path, "one_of", number))
            if str(item) in seen:
                message = f"{quoted(item)} is in this list twice"
                yield Diagnostic(span, message, "remove one of them", Code.LISTED_TWICE)
            seen.add(str(item))
            try:
                if parameter.type is not UNSET:
                    parameter_value(plain, item)
            except ParameterError as error:
                yield Diagnostic(span, str(error), error.help, error.code)
