"""Every file that is written: its form, its syntax, and that policies' texts stay data in it."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hklint import collector
from hklint.fact import HostField, RegistryKey, RegistryName, RegistryValue, WebRequest
from hklint.jea.choice import Choice

KEY = "SOFTWARE\\Contoso"
FACTS = (
    HostField("build"),
    RegistryValue("HKLM", KEY, "Enabled"),
    RegistryName("HKLM", KEY, "Secret"),
    RegistryKey("HKLM", f"{KEY}\\Agent", "32-bit"),
    WebRequest("https://a.example/x", "tls12"),
)
POWERSHELL = (".ps1", ".psm1", ".psd1", ".psrc", ".pssc")
TEXTS = st.text(
    st.sampled_from("'\u2018\u2019\u201a\u201b`$(){}@\"#<>|\\;\r\n\x00\ud800aé\U0001f512"),
    min_size=1,
)


def test_the_files_are_these(kit: SimpleNamespace) -> None:
    assert sorted(kit.files_for(*FACTS)) == [
        "HklintCollector.pssc",
        kit.MANIFEST,
        kit.MODULE,
        kit.ROLE,
        "README.md",
        "Register-HklintCollector.ps1",
        "Unregister-HklintCollector.ps1",
    ]


def test_equal_choices_give_equal_files(kit: SimpleNamespace) -> None:
    assert kit.files_for(*FACTS) == kit.files_for(*reversed(FACTS))
    other = kit.files_for(*FACTS[:-1])
    assert other[kit.ROLE] != kit.files_for(*FACTS)[kit.ROLE]


def test_lines_end_as_on_windows(kit: SimpleNamespace) -> None:
    for text in kit.files_for(*FACTS).values():
        assert text.endswith("\r\n")
        assert re.search(r"(?<!\r)\n|\r(?!\n)", text) is None
        assert "<<" not in text


def test_powershell_can_read_them(kit: SimpleNamespace) -> None:
    for path, text in kit.files_for(*FACTS).items():
        if path.endswith(POWERSHELL):
            assert not kit.parse(text).has_error, path
        assert text.isascii(), path


@pytest.mark.parametrize("path", ["MANIFEST", "ROLE", "CONFIGURATION"])
def test_data_files_hold_data_alone(kit: SimpleNamespace, path: str) -> None:
    text = kit.files_for(*FACTS)[getattr(kit, path)]
    assert isinstance(kit.data_of(kit.parse(text)), dict)


def test_the_session_configuration_is_a_restricted_one(kit: SimpleNamespace) -> None:
    """Keys and values as in Microsoft's page on New-PSSessionConfigurationFile."""
    configuration = kit.data_of(kit.parse(kit.files_for(*FACTS)[kit.CONFIGURATION]))
    del configuration["GUID"], configuration["Author"], configuration["Description"]
    assert configuration == {
        "SchemaVersion": "2.0.0.0",
        "SessionType": "RestrictedRemoteServer",
        "LanguageMode": "NoLanguage",
        "RunAsVirtualAccount": True,
        "TranscriptDirectory": "C:\\Program Files\\hklint\\Transcripts",
        "RoleDefinitions": {"CONTOSO\\hklint-readers": {"RoleCapabilities": "HklintCollector"}},
    }


def test_the_role_shows_one_function(kit: SimpleNamespace) -> None:
    role = kit.data_of(kit.parse(kit.files_for(*FACTS)[kit.ROLE]))
    del role["GUID"], role["Author"], role["Description"]
    assert role == {
        "ModulesToImport": ["CimCmdlets", "HklintCollector"],
        "VisibleFunctions": [collector.FUNCTION],
    }
    assert Path(kit.ROLE).stem == "HklintCollector"


def test_the_module_imports_what_the_collector_runs(kit: SimpleNamespace) -> None:
    """A restricted session loads no module by itself: what is not built in has to be imported."""
    built_in = {"ConvertFrom-Json", "ConvertTo-Json", "Get-Command", "New-Object"}
    built_in |= {"Invoke-WebRequest", "Set-StrictMode", "Start-Sleep"}
    commands = {
        kit.words(node.children[0]).rpartition("\\")[2]
        for node in kit.walk(kit.parse(collector.script()))
        if node.type == "command" and node.children[0].type == "command_name"
    }
    own = set(re.findall(r"function ([\w-]+)", collector.script()))
    assert commands - built_in - own == {"Get-CimInstance"}  # of CimCmdlets


def test_the_manifest_names_the_module(kit: SimpleNamespace) -> None:
    manifest = kit.data_of(kit.parse(kit.files_for(*FACTS)[kit.MANIFEST]))
    assert manifest["RootModule"] == Path(kit.MODULE).name
    assert manifest["FunctionsToExport"] == [collector.FUNCTION]
    assert re.fullmatch(r"\d+\.\d+", manifest["ModuleVersion"])


def test_the_collector_is_there_unchanged(kit: SimpleNamespace) -> None:
    text = kit.files_for(*FACTS)[kit.MODULE].replace("\r\n", "\n")
    _, _, rest = text.partition("# BEGIN collector.ps1\n")
    script, _, _ = rest.partition("# END collector.ps1")
    assert hashlib.sha256(script.encode()).hexdigest() == collector.sha256()
    assert text.count("BEGIN collector.ps1") == text.count("END collector.ps1") == 1


def test_the_module_does_no_more_than_that(kit: SimpleNamespace) -> None:
    module = kit.files_for(*FACTS)[kit.MODULE].replace("\r\n", "\n")
    before, _, rest = module.partition("$collector = {\n")
    _, _, after = rest.partition("# END collector.ps1\n}\n")
    assert re.findall(r"^[^#\n].*", before, re.MULTILINE)[0] == "$allowList = '{"
    assert re.findall(r"^ *[^#\s].*", after, re.MULTILINE) == [
        "function Get-HklintFact {",
        "    param([string]$Request)",
        "    & $collector -Request $Request -Allowed $allowList",
        "}",
        "Export-ModuleMember -Function 'Get-HklintFact'",
    ]


def listed(
    view: str, key: str, values: Sequence[str] = (), names: Sequence[str] = ()
) -> dict[str, object]:
    """An entry of the list: of `names` the data are never answered."""
    return {
        "hive": "HKLM",
        "view": view,
        "key": key,
        "values": list(values),
        "names": list(names),
    }


def test_the_allow_list_is_what_the_facts_need(kit: SimpleNamespace) -> None:
    allowed = kit.allowed_of(kit.files_for(*FACTS)[kit.MODULE])
    jsonschema.validate(allowed, collector.schema("allow_list"))
    assert allowed == {
        "host": True,
        "registry": [
            listed("64-bit", KEY, values=["Enabled"], names=["Secret"]),
            listed("32-bit", f"{KEY}\\Agent"),
        ],
        "web_requests": ["https://a.example/x"],
    }
    nothing = kit.allowed_of(kit.files_for()[kit.MODULE])
    assert nothing == {"host": False, "registry": [], "web_requests": []}


@settings(max_examples=50)
@given(key=TEXTS, name=TEXTS, uri=TEXTS)
def test_no_text_of_a_policy_becomes_code(
    kit: SimpleNamespace, key: str, name: str, uri: str
) -> None:
    files = kit.files_for(RegistryValue("HKLM", key, name), WebRequest(uri))
    assert kit.allowed_of(files[kit.MODULE]) == {
        "host": False,
        "registry": [listed("64-bit", key, values=[name])],
        "web_requests": [uri],
    }
    assert files[kit.MODULE].isascii()
    assert statements(kit, files[kit.MODULE]) == statements(kit, kit.files_for(*FACTS)[kit.MODULE])
    for path in set(files) - {kit.MODULE, "README.md"}:
        assert unnamed(files[path]) == unnamed(kit.files_for(*FACTS)[path])


@settings(max_examples=60)
@given(name=st.text(st.sampled_from("'\u2018\u2019\u201a\u201b`$(){}@#~ aé"), min_size=1))
def test_no_name_of_a_group_becomes_code(kit: SimpleNamespace, name: str) -> None:
    choice = Choice(f"CONTOSO\\{name}", kit.CHOICE.transcripts, (), ())
    choice.check()
    files = kit.files_for(*FACTS, choice=choice)
    configuration = kit.data_of(kit.parse(files[kit.CONFIGURATION]))
    assert list(configuration["RoleDefinitions"]) == [choice.group]
    script = files["Register-HklintCollector.ps1"]
    start = script.index("$group = ") + len("$group = ")
    value, end = kit.read_literal(script, start)
    assert value == choice.group
    assert script[end : end + 2] == "\r\n"


def statements(kit: SimpleNamespace, module: str) -> list[str]:
    """A module's statements, without what stands in the literal of its first."""
    root = kit.parse(module)
    assert not root.has_error
    (listed,) = (node for node in root.children if node.type == "statement_list")
    first, *rest = (kit.words(node) for node in listed.children if node.type != "comment")
    assert first.startswith("$allowList = '")
    return ["$allowList", *rest]


def unnamed(text: str) -> str:
    return re.sub(r"GUID = '[-0-9a-f]+'", "", text)


def test_the_allow_list_can_be_read_by_people(kit: SimpleNamespace) -> None:
    module = kit.files_for(*FACTS)[kit.MODULE]
    assert '\r\n      "key": "SOFTWARE\\\\Contoso",\r\n' in module


def test_guids_are_told_apart(kit: SimpleNamespace) -> None:
    files = kit.files_for(*FACTS)
    found = [
        kit.data_of(kit.parse(files[path]))["GUID"]
        for path in (kit.MANIFEST, kit.ROLE, kit.CONFIGURATION)
    ]
    assert len({*found}) == len(found)
