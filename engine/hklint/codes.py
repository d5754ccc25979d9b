"""The codes of diagnostics: what `hklint lint` can find, each with a page of its own.

A code is never given to another mistake, and one that is retired is not used again: pipelines and
`--ignore` rest on it. Numbers go by area: 0 reading YAML, 1 shape, 2 names, 3 values and operators,
4 tables and their proof, 5 profiles, waivers and tests, 6 content that is allowed but looks wrong.
"""

from enum import StrEnum
from pathlib import Path
from typing import Literal, Self

CodeSeverity = Literal["error", "warning"]


class Code(StrEnum):
    """A kind of mistake; an error makes the document unusable, a warning does not."""

    _value_: str
    severity: CodeSeverity
    headline: str

    def __new__(cls, number: str, severity: CodeSeverity, headline: str) -> Self:
        """A code by its number, which is its value, with what else is said of it."""
        code = str.__new__(cls, number)
        code._value_ = number
        code.severity = severity
        code.headline = headline
        return code

    @property
    def slug(self) -> str:
        """The code in words, such as `unknown-key`."""
        return self.name.lower().replace("_", "-")

    # reading YAML
    UNREADABLE_FILE = "HK001", "error", "The file can't be read as text"
    HIDDEN_CHARACTER = "HK002", "error", "The file has a character that can't be seen"
    YAML_SYNTAX = "HK003", "error", "This is not valid YAML"
    YAML_FEATURE = "HK004", "error", "This part of YAML is not allowed"
    DUPLICATE_KEY = "HK005", "error", "A key is there twice"
    YAML_LIMIT = "HK006", "error", "The document is too deep or a number too long"
    NO_DOCUMENT = "HK007", "error", "The file holds no document"

    # shape
    UNKNOWN_KIND = "HK101", "error", "'kind' does not say what the document is"
    UNKNOWN_KEY = "HK102", "error", "A key is not known here"
    MISSING_KEY = "HK103", "error", "A key is missing"
    WRONG_TYPE = "HK104", "error", "A value is not of the type its key takes"
    UNKNOWN_WORD = "HK105", "error", "A value is none of the words its key takes"
    WRONG_FORM = "HK106", "error", "A value has not the form its key asks for"
    WRONG_SIZE = "HK107", "error", "A value is empty, too long, or out of range"
    WHICH_KIND = "HK108", "error", "It does not say which of several things is meant"
    REGISTRY_HIVE = "HK110", "error", "A registry path does not begin with the short name of a hive"
    REGISTRY_SEPARATOR = "HK111", "error", "A registry path is not separated by single backslashes"
    REGISTRY_REDIRECTION = "HK112", "error", "A registry path names Wow6432Node"
    REGISTRY_BLANK = "HK113", "error", "A part of a registry path begins or ends with a blank"

    # names
    DUPLICATE_ID = "HK201", "error", "An id is taken already"
    UNKNOWN_NAME = "HK202", "error", "There is nothing of this name"
    UNKNOWN_PLACEHOLDER = "HK203", "error", "A name in braces stands for nothing here"
    CIRCLE = "HK204", "error", "Documents rest on each other in a circle"
    BROKEN_DEPENDENCY = "HK205", "error", "What this rests on has mistakes of its own"
    WRONG_ARGUMENT = "HK206", "error", "A model can't be used with these parameters"
    NAME_CLASH = "HK207", "error", "One name stands for two things"
    LISTED_TWICE = "HK208", "error", "A value is in a list twice"

    # values and operators
    OPERAND_TYPE = "HK301", "error", "An operand does not fit the type"
    OPERATOR_TYPE = "HK302", "error", "The type has no such operator"
    NO_OPERATOR = "HK303", "error", "Nothing is asked of the value"
    NEVER_HOLDS = "HK304", "error", "No value can ever be so"
    WRONG_WRITE = "HK305", "error", "A fix would write what does not pass"
    INVALID_PATTERN = "HK306", "error", "A pattern can't be understood"
    NOT_HTTPS = "HK307", "error", "This is no https:// URL"
    PARAMETER_VALUE = "HK308", "error", "A value does not fit its parameter"
    TOO_MANY = "HK309", "error", "There is more of it than hklint takes"

    # tables and their proof
    TABLE_GAP = "HK401", "error", "No row covers a combination"
    TABLE_OVERLAP = "HK402", "error", "Two rows cover the same combination"
    DEAD_ROW = "HK403", "error", "A row can never be met"
    UNUSED_STATE = "HK404", "error", "No row comes to a state"
    CASE_GAP = "HK405", "error", "No case covers a value"
    CASE_OVERLAP = "HK406", "error", "Two cases cover the same value"
    EMPTY_CASE = "HK407", "error", "Nothing is left for a case"
    UNPROVABLE = "HK408", "error", "The table is too large to be proved"
    DOUBTFUL_STATE = "HK409", "error", "A rule expects a state of doubt"
    NO_VALUE_HERE = "HK410", "error", "A sentence names a value that is not there"

    # profiles, waivers, tests
    EMPTY_SELECTION = "HK501", "error", "A profile selects no rule"
    IDLE_SELECTOR = "HK502", "warning", "A part of a selection meets no rule"
    WAIVER_PERIOD = "HK511", "error", "A waiver's time is no time"
    WAIVER_EXPIRED = "HK512", "warning", "A waiver has ended"
    WAIVER_OVERLAP = "HK513", "warning", "Two waivers are for the same verdict"
    TEST_FACTS = "HK521", "error", "A test's host can't be like this"
    TEST_EXPECTATION = "HK522", "error", "A test expects nothing, or what can't come"
    TEST_UNUSED = "HK523", "warning", "A test never uses something it defines"

    # content
    STRAY_BLANK = "HK601", "warning", "A name or text begins or ends with a blank"
    UNRESOLVED_TOKEN = "HK602", "warning", "A template's token was not filled in"
    PROSE_IN_NAME = "HK603", "warning", "A sentence stands where a name is due"
    NUMBERED_CONTROL_SET = "HK604", "warning", "A path names one numbered control set"
    USER_HIVE = "HK605", "warning", "A rule looks at the account that hklint runs as"
    POLICY_TWIN = "HK606", "warning", "A policy value may overrule the value that is checked"
    PARTIAL_MODEL = "HK607", "warning", "Only a part of what a model reads together is checked"
    DUPLICATE_RULE = "HK608", "warning", "Two rules ask the same of the same value"
    CONTRADICTION = "HK609", "warning", "No value can satisfy both rules"
    ALWAYS_HOLDS = "HK610", "warning", "Every value passes"
    NO_REFERENCES = "HK611", "warning", "A rule names no source"
    WHY_IS_TITLE = "HK612", "warning", "'why' says the title again"
    TITLE_FORM = "HK613", "warning", "A title is no plain statement"
    REDUNDANT_ANCHOR = "HK614", "warning", "A pattern has ^ or $, which it does not need"
    LIST_SEPARATOR = "HK615", "warning", "An item of a list has a separator in it"
    DECIMAL_MASK = "HK616", "warning", "A bit mask looks hexadecimal and is read as decimal"
    ABSENCE_AGAINST_PROSE = "HK617", "warning", "The text asks for a value, and its absence passes"
    UNUSED_PARAMETER = "HK618", "warning", "Nothing uses a parameter"
    IDLE_COMMENT = "HK619", "warning", "A comment allows what is not there"
    UNWRITTEN_TEXT = "HK620", "warning", "A text is still to be written"
    UNUSED_INPUT = "HK621", "warning", "No row looks at an input"


def find(word: str) -> Code | None:
    """The code of this number or slug, without regard to case; None if there is none."""
    wanted = word.strip().lower()
    return next((code for code in Code if wanted in {code.value.lower(), code.slug}), None)


def page(code: Code) -> str:
    """What `hklint explain CODE` says: what is wrong, why it matters, a bad and a good example."""
    text = (Path(__file__).parent / "code_pages" / f"{code}.md").read_text(encoding="utf-8")
    return f"# {code} {code.slug} ({code.severity}): {code.headline}\n\n{text}"
