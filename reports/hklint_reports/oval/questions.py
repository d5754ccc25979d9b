"""From a question about the data of a value to the test that asks it.

Texts compare without regard to case as Windows compares them: OVAL's `case insensitive equals` does
so for ASCII alone, which is where it is used.
"""

from hklint.fold import fold
from hklint.registry_test import Question, RegistryTest
from hklint_reports.oval.exact import is_carried
from hklint_reports.oval.patterns import NOTHING, either, literal, reads_alike, whole
from hklint_reports.oval.tree import Criteria, Criterion, Node, NotInOvalError, Test, Value

ORDER = "it asks for a list of several texts in their order, and OVAL knows no order"
PATTERN = "its pattern has an element that OVAL's patterns read in another way"


def node(question: Question, of: RegistryTest) -> Node:
    """What a question of a rule asks.

    Raises:
        NotInOvalError: OVAL has no test that asks the same.
    """
    match question.operand:
        case int(number):
            return _of_number(question, number)
        case str(text) if of.type in {"REG_BINARY", "REG_NONE"}:
            words = f"it is {text or 'empty'}"
            return _criterion(question, words, Value("binary", "equals", text))
        case str(text) if question.kind == "has":
            return _criterion(question, f"an item is '{text}'", _item(text, exact=of.exact))
        case str(text):
            return _of_text(question, text, exact=of.exact)
        case items if question.kind == "within":
            # An empty list is written as one empty text.
            allowed = whole(either(("", *items), exact=of.exact))
            words = f"every item is {_listed(items, 'or')}"
            return _criterion(question, words, _matched(allowed))
        case items:
            return _of_list(question, items, exact=of.exact)


def _criterion(question: Question, words: str, value: Value) -> Criterion:
    return Criterion(Test(words, value=value), negate=not question.answer)


def _of_number(question: Question, number: int) -> Criterion:
    match question.kind, question.answer:
        case "from", True:
            value = Value("int", "greater than or equal", str(number))
            return Criterion(Test(f"it is at least {number}", value=value))
        case "from", False:
            value = Value("int", "less than", str(number))
            return Criterion(Test(f"it is less than {number}", value=value))
        case "bit", _:
            value = Value("int", "bitwise and", str(number))
            return _criterion(question, f"it has the bit {number:#x}", value)
        case _:
            return _criterion(question, f"it is {number}", Value("int", "equals", str(number)))


def _of_text(question: Question, text: str, *, exact: bool) -> Criterion:
    match question.kind:
        case "matches":
            pattern = whole(text)
            if not (reads_alike(text) and is_carried(pattern)):
                raise NotInOvalError(PATTERN)
            return _criterion(question, f"it matches '{text}'", _matched(pattern))
        case "contains":
            value = _matched(literal(text, exact=exact))
            return _criterion(question, f"it contains '{text}'", value)
        case _:
            return _criterion(question, f"it is '{text}'", _equal(text, exact=exact))


def _of_list(question: Question, items: tuple[str, ...], *, exact: bool) -> Criteria:
    """Whether a list is equal to one that is empty or has one item."""
    if len(items) > 1 and all(items):
        raise NotInOvalError(ORDER)
    # Lists with empty texts in them are not written; an empty list is, as one empty text.
    value = _matched(NOTHING) if "" in items else _equal("".join(items), exact=exact)
    words = f"every item is {_listed(items, 'and')}" if items else "it is an empty list"
    every = Criterion(Test(words, value=value))
    once = Criterion(Test("one item is", value=value._replace(check="only one")))
    return Criteria("AND", (every, once), negate=not question.answer)


def _item(text: str, *, exact: bool) -> Value:
    value = _equal(text, exact=exact) if text else _matched(NOTHING)
    return value._replace(check="at least one")


def _equal(text: str, *, exact: bool) -> Value:
    plain = exact or (text.isascii() and fold(text) == text)
    if plain and is_carried(text):
        return Value("string", "equals" if exact else "case insensitive equals", text)
    return _matched(whole(literal(text, exact=exact)))


def _matched(pattern: str) -> Value:
    return Value("string", "pattern match", pattern)


def _listed(items: tuple[str, ...], joined: str) -> str:
    return f" {joined} ".join(f"'{item}'" for item in items)
