"""What the administrator reads."""

import hashlib
import re
from collections.abc import Mapping
from types import SimpleNamespace

import msgspec

from hklint import collector
from hklint.fact import RegistryKey, RegistryValue, WebRequest
from hklint.jea.choice import Choice

KEY = "SOFTWARE\\Contoso"


def readme(files: Mapping[str, str]) -> str:
    return files["README.md"].replace("\r\n", "\n")


def test_everything_that_is_allowed_is_listed(kit: SimpleNamespace) -> None:
    text = readme(
        kit.files_for(
            RegistryValue("HKLM", KEY, "Enabled"),
            RegistryValue("HKLM", KEY, ""),
            RegistryKey("HKLM", f"{KEY}\\Agent", "32-bit"),
            WebRequest("https://a.example/x"),
        )
    )
    assert "| `HKLM\\SOFTWARE\\Contoso` | 64-bit | (default), `Enabled` |\n" in text
    assert "| `HKLM\\SOFTWARE\\Contoso\\Agent` | 32-bit | none: only whether" in text
    assert "| `https://a.example/x` |\n" in text
    assert "HKCU" not in text


def test_an_empty_list_is_said_to_be_empty(kit: SimpleNamespace) -> None:
    assert readme(kit.files_for()).count("\nNone.\n") == 2


def test_a_users_own_hive_is_warned_of(kit: SimpleNamespace) -> None:
    text = readme(kit.files_for(RegistryValue("HKCU", KEY, "x")))
    assert "says nothing about any user" in text


def test_names_cannot_leave_their_cells(kit: SimpleNamespace) -> None:
    name = "`|` <script>[x](http://y)\n\n# Heading @admin"
    harmless = readme(kit.files_for(RegistryValue("HKLM", KEY, "name")))
    hostile = readme(kit.files_for(RegistryValue("HKLM", KEY, name)))
    assert len(hostile.splitlines()) == len(harmless.splitlines())
    (row,) = (line for line in hostile.splitlines() if "<script>" in line)
    assert row.endswith("| 64-bit | `` `\\|` <script>[x](http://y)\\n\\n# Heading @admin `` |")


def test_the_proof_is_the_command_for_the_same_policies(kit: SimpleNamespace) -> None:
    choice = msgspec.structs.replace(
        kit.CHOICE, asked_by=("-p", "my policy.yaml", "--set", "url=https://a.example/?a=1&b=2")
    )
    assert (
        "\n    hklint check HOST --user 'DOMAIN\\account' --configuration hklint"
        " -p 'my policy.yaml' --set 'url=https://a.example/?a=1&b=2'\n"
    ) in readme(kit.files_for(choice=choice))


def test_no_word_of_the_command_line_leaves_its_block(kit: SimpleNamespace) -> None:
    choice = Choice("A\\B", "C:\\x", (), ("--set", "a=1\n\n# Heading\ud800"))
    assert "\n# Heading" not in readme(kit.files_for(choice=choice))
    readme(kit.files_for(choice=choice)).encode()


def test_the_hash_can_be_checked_as_it_says(kit: SimpleNamespace) -> None:
    """The steps of its PowerShell, on the module's text as .NET reads it."""
    files = kit.files_for()
    text = readme(files)
    assert f"\n    {collector.sha256()}\n" in text
    steps = text.split("```powershell\n")[1].split("```")[0]
    assert not kit.parse(steps).has_error
    begin, length = re.findall(r'IndexOf\("(.+)`n", \$letters\) \+ (\d+)', steps)[0]
    end = re.findall(r'IndexOf\("([^`]+)", \$letters\)', steps)[0]
    module = files[kit.MODULE].replace("\r\n", "\n")
    start = module.index(f"{begin}\n") + int(length)
    script = module[start : module.index(end)]
    assert hashlib.sha256(script.encode()).hexdigest() == collector.sha256()


def test_lines_are_not_too_long_to_read(kit: SimpleNamespace) -> None:
    lines = readme(kit.files_for()).splitlines()
    assert max(len(line) for line in lines if not line.startswith(("|", "    "))) <= 110
