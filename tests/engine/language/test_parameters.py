"""Parameters: what they allow, what is wrong with what they say, and what users give them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from hklint.documents.document import parse_document
from hklint.errors import UsageError
from hklint.language import Parameter
from hklint.linking.parameter_checks import check_parameters
from hklint.linking.parameters import (
    ParameterError,
    command_line_settings,
    in_words,
    parameter_value,
    parse_settings,
)

CASES: Mapping[str, Any] = yaml.safe_load(
    Path(__file__).with_name("cases").joinpath("parameters.yaml").read_text("utf-8")
)


def parameter(shape: Mapping[str, Any]) -> Parameter:
    return msgspec.convert({"default": "", **shape}, Parameter)


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=str(case["parameter"])) for case in CASES[name]]


@pytest.mark.parametrize("case", cases("values"))
def test_values(case: Mapping[str, Any]) -> None:
    shape = parameter(case["parameter"])
    assert in_words(shape) == case["words"]
    for value in case["fits"]:
        given, expected = value if isinstance(value, list) else (value, value)
        assert parameter_value(shape, given) == expected
        assert type(parameter_value(shape, given)) is type(expected)
    for value, message in case["refused"]:
        with pytest.raises(ParameterError) as caught:
            parameter_value(shape, value)
        assert str(caught.value) == message


@pytest.mark.parametrize("case", cases("mistakes"))
def test_mistakes_in_what_a_parameter_says(case: Mapping[str, Any]) -> None:
    text = f"parameters:\n  one: {case['parameter']}\n"
    document = parse_document(text, "x")
    shapes = msgspec.convert(document.root["parameters"], dict[str, Parameter])
    found = list(check_parameters(document, shapes))
    line = text.split("\n")[1]
    shown = [
        f"{item.code.value} {line[item.span.column - 1 : item.span.end_column - 1]}: {item.message}"
        for item in found
    ]
    assert shown == case["found"]


def test_a_password_in_a_url_is_never_shown() -> None:
    with pytest.raises(ParameterError) as caught:
        parameter_value(parameter({"type": "url"}), "https://user:secret@contoso.example")
    assert "secret" not in str(caught.value)


DECLARED = {
    "first": {"level": parameter({"type": "integer", "at_most": 5}), "word": parameter({})},
    "second.one": {"level": parameter({"type": "integer"})},
}


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((), {}),
        (("level=3",), {"first.level": 3, "second.one.level": 3}),
        (("second.one.level=9",), {"second.one.level": 9}),
        (("level=1", "first.level=2"), {"first.level": 2, "second.one.level": 1}),
        (("first.level=2", "level=1"), {"first.level": 2, "second.one.level": 1}),
        (("word=a=b",), {"first.word": "a=b"}),
        (("word=",), {"first.word": ""}),
    ],
)
def test_settings_of_the_command_line(texts: tuple[str, ...], expected: dict[str, object]) -> None:
    found = command_line_settings(parse_settings(texts), DECLARED)
    assert {".".join(key): item.value for key, item in found.items()} == expected
    assert {item.source for item in found.values()} <= {"--set"}


@pytest.mark.parametrize(("text", "message"), CASES["command_line"])
def test_wrong_settings_of_the_command_line(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        command_line_settings(parse_settings([text]), DECLARED)
    assert str(caught.value) == message


def test_a_setting_is_given_once() -> None:
    with pytest.raises(UsageError, match="--set a: given twice"):
        parse_settings(["a=1", "a=2"])
