"""Host files: the shipped ones are sound, and every mistake is told with its place."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from hklint.errors import UsageError
from hklint.lab.host_file import Destination, Host, Proxy, load, parse, shipped

MakeHost = Callable[[dict[str, Any]], Host]


def test_shipped_hosts() -> None:
    assert set(shipped()) == {
        "ex2013-2008r2",
        "ex2016-blocked",
        "ex2016-dotnet",
        "ex2016-healthy",
        "ex2016-no-dns",
        "ex2016-on-request",
        "ex2016-wrong-proxy",
    }
    assert len({host.name for host in shipped().values()}) == 7
    assert shipped()["ex2016-dotnet"].culture == "de-DE"


@pytest.mark.cases("host_files")
def test_mistakes_are_told(case: dict[str, Any], make_host: MakeHost) -> None:
    with pytest.raises(UsageError, match=r"test\.yaml: ") as caught:
        make_host(case["fields"])
    assert case["says"] in str(caught.value)


@pytest.mark.parametrize("text", ["name: A\nname: B\n", "a: [", "- a\n", ""])
def test_yaml_that_is_no_host_file(text: str) -> None:
    with pytest.raises(UsageError, match=r"x\.yaml: "):
        parse(text, "x.yaml")


@pytest.mark.parametrize("host", ["ex2019", "./missing.yaml"])
def test_hosts_that_are_not_there(host: str) -> None:
    with pytest.raises(UsageError, match=r"ex2019.*ex2016-healthy|missing\.yaml"):
        load([host])


def test_the_same_host_twice() -> None:
    with pytest.raises(UsageError, match="two hosts"):
        load(["ex2016-healthy", "ex2016-healthy"])


def test_the_documented_host_file_is_valid() -> None:
    docs = Path(__file__).parents[2] / "docs" / "lab.md"
    (example,) = re.findall(r"```yaml\n(.*?)```", docs.read_text("utf-8"), re.DOTALL)
    host = parse(example, "docs/lab.md")
    assert host.registry["32-bit"]
    for word in (*get_args(Destination), *get_args(Proxy.__annotations__["behaves"])):
        assert f"`{word}`" in docs.read_text("utf-8")
