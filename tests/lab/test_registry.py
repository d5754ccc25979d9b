"""The registry: names without case, two views, denied keys."""

import pytest

from hklint.lab.registry import Registry, parse_path
from hklint.lab.registry_data import dword, store

KEY = parse_path(r"HKLM\SOFTWARE\Microsoft\.NETFramework")


def test_names_compare_without_case_and_keep_their_spelling() -> None:
    registry = Registry()
    registry.write(parse_path(r"HKLM\System\Schannel"), store("Enabled", "REG_DWORD", 0))
    registry.write(parse_path(r"HKLM\SYSTEM\SCHANNEL"), store("ENABLED", "REG_DWORD", 1))
    found = registry.value(parse_path(r"hklm\system\schannel"), "enabled")
    assert found == store("Enabled", "REG_DWORD", 1)
    spelled = registry.spelling(parse_path(r"HKLM\SYSTEM\SCHANNEL"))
    assert str(spelled) == r"HKLM\System\Schannel"


def test_sharp_s_is_not_two_letters() -> None:
    registry = Registry()
    registry.create(parse_path(r"HKLM\SYSTEM\Straße"))
    assert not registry.exists(parse_path(r"HKLM\SYSTEM\Strasse"))


def test_views_are_two_below_software() -> None:
    registry = Registry()
    registry.write(KEY, store("v", "REG_DWORD", 64))
    registry.write(KEY, store("v", "REG_DWORD", 32), "32-bit")
    spelled = parse_path(r"HKLM\SOFTWARE\Wow6432Node\Microsoft\.NETFramework")
    assert dword(registry.value(KEY, "v")) == 64
    assert dword(registry.value(KEY, "v", "32-bit")) == 32
    assert dword(registry.value(spelled, "v")) == 32


@pytest.mark.parametrize("text", [r"HKLM\SYSTEM\A", r"HKLM\SOFTWARE\Policies\Microsoft"])
def test_views_share_what_is_not_redirected(text: str) -> None:
    registry = Registry()
    registry.write(parse_path(text), store("v", "REG_DWORD", 1), "32-bit")
    assert dword(registry.value(parse_path(text), "v", "64-bit")) == 1


def test_a_copy_has_a_life_of_its_own() -> None:
    registry = Registry()
    registry.write(KEY, store("v", "REG_DWORD", 1))
    copy = registry.copy()
    registry.write(KEY, store("v", "REG_DWORD", 2))
    registry.deny(KEY)
    assert dword(copy.value(KEY, "v")) == 1
    assert not copy.is_denied(KEY)


def test_deleting_takes_what_is_below_and_no_more() -> None:
    registry = Registry()
    for path in (r"HKLM\SYSTEM\A\B\C", r"HKLM\SYSTEM\AB"):
        registry.create(parse_path(path))
    registry.delete(parse_path(r"HKLM\SYSTEM\A"))
    assert not registry.exists(parse_path(r"HKLM\SYSTEM\A\B\C"))
    assert registry.exists(parse_path(r"HKLM\SYSTEM\AB"))


def test_denial_holds_for_one_view_and_what_is_below() -> None:
    registry = Registry()
    registry.create(KEY, "32-bit")
    registry.deny(KEY)
    below = parse_path(rf"{KEY}\v4.0.30319")
    assert registry.is_denied(below)
    assert not registry.is_denied(KEY, "32-bit")


@pytest.mark.parametrize("text", ["HKLM", "HKXX\\A", "HKLM\\A\\\\B", "HKLM\\" + "x" * 256])
def test_paths_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"root key|names no key|backslash|longer"):
        parse_path(text)
