"""Registry paths as they are pasted: what is said of them, and what is surely meant."""

import re
from typing import get_args

import pytest

from hklint.language.registry_path import MendedPath, mend, path_mistake
from hklint.language.words import RegistryPath

RIGHT = re.compile(get_args(RegistryPath)[1].pattern)

MENDED = {
    r"HKLM:\SOFTWARE\X": r"HKLM\SOFTWARE\X",
    r"HKLM:\\SOFTWARE\X": r"HKLM\SOFTWARE\X",
    r"hklm\software\x": r"HKLM\software\x",
    r"HKEY_LOCAL_MACHINE\SOFTWARE\X": r"HKLM\SOFTWARE\X",
    r"HKEY_CURRENT_USER\SOFTWARE": r"HKCU\SOFTWARE",
    r"HKEY_CLASSES_ROOT\.txt": r"HKCR\.txt",
    r"HKEY_USERS\.DEFAULT": r"HKU\.DEFAULT",
    r"HKEY_CURRENT_CONFIG\System": r"HKCC\System",
    r"Computer\HKEY_LOCAL_MACHINE\SOFTWARE": r"HKLM\SOFTWARE",
    r"Registry::HKEY_LOCAL_MACHINE\SOFTWARE": r"HKLM\SOFTWARE",
    r"Microsoft.PowerShell.Core\Registry::HKEY_LOCAL_MACHINE\SOFTWARE": r"HKLM\SOFTWARE",
    r"\HKLM\SOFTWARE": r"HKLM\SOFTWARE",
    r"HKLM\\SOFTWARE\\\X": r"HKLM\SOFTWARE\X",
    "HKLM\\SOFTWARE\\X\\": r"HKLM\SOFTWARE\X",
    "HKLM/SOFTWARE/X": r"HKLM\SOFTWARE\X",
    "HKLM:/SOFTWARE/X/": r"HKLM\SOFTWARE\X",
    r"HKLM\ SOFTWARE \X": r"HKLM\SOFTWARE\X",
    r"HKLM/SOFTWARE\X": r"HKLM\SOFTWARE\X",
}
UNCLEAR = [
    "",
    r"SOFTWARE\X",
    r"HKLX\SOFTWARE",
    "HKLM",
    "HKLM:",
    "HKLM\\",
    "HKLMSOFTWARE",
    "HKLM/SYSTEM/Ciphers/RC4 128/128",
    r"HKLM\SOFTWARE/Contoso\X",
    r"HKCR\Wow6432Node\CLSID",
    r"HKLM\SYSTEM\Wow6432Node\X",
    r"HKLM\SOFTWARE\Wow6432Node",
    r"HKLM\SOFTWARE\Wow6432Node\X\Wow6432Node",
    "HKLM\\SOFTWARE\\X\nY",
]


@pytest.mark.parametrize(("text", "meant"), MENDED.items())
def test_what_is_surely_meant(text: str, meant: str) -> None:
    mistake = path_mistake(text)
    assert mistake is not None
    assert mistake.mended == MendedPath(meant, redirected=False)
    assert mistake.help == f"write {meant}"
    assert RIGHT.search(meant)
    assert not RIGHT.search(text)


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_takes_a_decision_is_not_mended(text: str) -> None:
    assert mend(text) is None
    assert not RIGHT.search(text)


@pytest.mark.parametrize("name", ["Wow6432Node", "WOW6432NODE"])
def test_the_32_bit_view(name: str) -> None:
    mistake = path_mistake(rf"HKLM\Software\{name}\X")
    assert mistake is not None
    assert mistake.mended == MendedPath(r"HKLM\Software\X", redirected=True)
    assert mistake.help == r"write HKLM\Software\X with view: 32-bit"


@pytest.mark.parametrize(
    "text", [r"HKLM\SOFTWARE\X", r"HKU\.DEFAULT\A B", r"HKLM\SYSTEM\Ciphers\RC4 128/128"]
)
def test_right_paths_have_no_mistake(text: str) -> None:
    assert RIGHT.search(text)
    assert path_mistake(text) is None
    assert mend(text) == MendedPath(text, redirected=False)
