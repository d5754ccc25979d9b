"""ARF: valid for NIST's schemas, around the same XCCDF."""

from collections.abc import Callable

import pytest
from lxml import etree

from hklint.run import Run

Files = Callable[[Run, str], dict[str, str]]


def test_valid(
    recorded: Run,
    render_files: Files,
    schema: Callable[[str], etree.XMLSchema],
    names: dict[str, str],
) -> None:
    texts = render_files(recorded, "arf")
    assert len(texts) == recorded.summary.hosts
    for text in texts.values():
        tree = etree.fromstring(text.encode("ascii"))
        schema("arf").assertValid(tree)
        for path in ("//x:Benchmark", "//x:TestResult"):
            (part,) = tree.xpath(path, namespaces=names)
            schema("xccdf").assertValid(etree.fromstring(etree.tostring(part)))


@pytest.mark.parametrize("case", ["single"], indirect=True)
def test_golden(
    case: str, recorded: Run, render_files: Files, golden: Callable[[str, str], None]
) -> None:
    (text,) = render_files(recorded, "arf").values()
    golden(f"{case}.arf.xml", text)


def test_the_results_are_those_of_xccdf(
    recorded: Run, render_files: Files, names: dict[str, str]
) -> None:
    """But for where the benchmark is, and for namespaces that the file declares."""

    def results(name: str) -> list[list[tuple[str, str | None, str | None]]]:
        trees = [etree.fromstring(text.encode()) for text in render_files(recorded, name).values()]
        return [
            [
                (element.tag, element.get("idref"), element.text)
                for element in tree.xpath("//x:TestResult//*", namespaces=names)
            ]
            for tree in trees
        ]

    assert results("arf") == results("xccdf")


@pytest.mark.parametrize("case", ["several"], indirect=True)
def test_assets(recorded: Run, render_files: Files, names: dict[str, str]) -> None:
    """Names as the host has them, an address only where it was asked by one."""
    devices = [
        etree.fromstring(text.encode()).xpath("//ai:computing-device", namespaces=names)[0]
        for text in render_files(recorded, "arf").values()
    ]
    known = [
        [
            (etree.QName(element).localname, element.text)
            for element in device.iter()
            if (element.text or "").strip()
        ]
        for device in devices
    ]
    assert known == [
        [("ip-v4", "10.0.0.7"), ("fqdn", "EX01.corp.example"), ("hostname", "EX01")],
        [("hostname", "EX02")],
        [
            ("ip-v6", "fd00:0000:0000:0000:0000:0000:0000:0007"),
            ("fqdn", "EX03.corp.example"),
            ("hostname", "EX03"),
        ],
        [("fqdn", "ex04.corp.example"), ("hostname", "ex04")],
    ]
    assert [device[0].get("id") for device in devices] == [
        "EX01 (10.0.0.7)",
        "EX02",
        "fd00::7",
        "ex04.corp.example",
    ]
