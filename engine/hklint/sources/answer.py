"""The collector's answer: from the one string that a host sends to data of the contract."""

import json
import re
from functools import cache
from typing import Any, NoReturn, cast

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator

from hklint import collector
from hklint.failure import Failure, Reason
from hklint.sources.shape import fits

LARGEST_ANSWER = 16 * 1024 * 1024
"""Characters."""
MOST_PARTS = 200_000
"""Members and items; 500 registry values have some 3,000. Objects take more memory than their text,
and the schema more time."""

_READING = "reading the answer"
_SURROGATE = re.compile("[\ud800-\udfff]")
_MAY_HOLD_SURROGATES = re.compile("[\ud800-\udfff]|\\\\u[dD][89a-fA-F]")
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_LONGEST_QUOTE = 200


def parse_answer(text: str) -> dict[str, Any] | Failure:
    """The answer in `text`, valid for the contract, or why there is none."""
    if len(text) > LARGEST_ANSWER:
        return _unusable(f"the answer has more than {LARGEST_ANSWER // 1024 // 1024} MB")
    if sum(map(text.count, ",[{")) > MOST_PARTS:
        return _unusable(f"the answer has more than {MOST_PARTS} parts")
    try:
        answer = load_json(text)
    except RecursionError:
        return _unusable("the answer is nested too deeply")
    except ValueError as error:
        return _unusable(f"the answer is not JSON: {quote(str(error))}")
    problem = contract_problem(answer)
    if problem is not None:
        return _unusable(f"the answer breaks the collector's contract: {problem}")
    return _refusal(answer["error"]) if "error" in answer else answer


def load_json(text: str) -> Any:  # noqa: ANN401 - what is in a JSON text is not known
    """What a text of the contract says: whole numbers only, and whole characters.

    Halves of UTF-16 characters, which a registry may hold but no UTF-8 file can, become U+FFFD.

    Raises:
        ValueError: It is not JSON (`json.JSONDecodeError`), has a number the contract has not, or
            names a member twice, so that two readers could see different evidence.
        RecursionError: It is nested too deeply.
    """
    loaded = json.loads(
        text,
        parse_float=_no_number,
        parse_constant=_no_number,
        object_pairs_hook=_unique,
    )
    return _whole_characters(loaded) if _MAY_HOLD_SURROGATES.search(text) else loaded


def contract_problem(answer: object) -> str | None:
    """Where an answer departs from the contract and how, or None when it is valid."""
    if not isinstance(answer, dict):
        return "it is not an object"
    if fits(cast("dict[str, Any]", answer)):
        return None
    validator = _validator("refusal" if "error" in answer else "answer")
    try:
        error = next(validator.iter_errors(cast("dict[str, Any]", answer)), None)
    except RecursionError:
        return "it is nested too deeply"
    if error is not None:
        return f"{error.json_path}: {quote(error.message)}"
    return None if "error" in answer else "it has not the contract's shape"


def quote(text: str) -> str:
    """Text of a host for a message: one line, not too long. Reports escape it when they write."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else line[:_LONGEST_QUOTE] + "..."


@cache
def _validator(part: str) -> Validator:
    definitions = collector.schema("answer")["$defs"]
    return Draft202012Validator({"$defs": definitions, "$ref": f"#/$defs/{part}"})


def _refusal(error: dict[str, str]) -> Failure:
    language = error["code"] == "language-mode"
    reason = Reason.LANGUAGE_MODE if language else Reason.COLLECTOR_FAILED
    return Failure(
        reason, _READING, f"the collector says {error['code']}: {quote(error['message'])}"
    )


def _unusable(detail: str) -> Failure:
    return Failure(Reason.COLLECTOR_FAILED, _READING, detail)


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        raise ValueError("a member is named twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]} is no whole number")


def _whole_characters(value: object) -> object:
    match value:
        case str():
            return _SURROGATE.sub(_UNKNOWN, value)
        case list():
            return [_whole_characters(item) for item in cast("list[object]", value)]
        case dict():
            items = cast("dict[str, object]", value).items()
            return {_SURROGATE.sub(_UNKNOWN, key): _whole_characters(item) for key, item in items}
        case _:
            return value
