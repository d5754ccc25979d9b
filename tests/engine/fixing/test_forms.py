"""All forms of a fix say the same steps, each read back by a reader that knows only its format.

The scripts have tests of their own.
"""

from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from hklint.fact import Absent, Hive, Present, RegistryValue, View
from hklint.fix import Fix, Step
from hklint.fixing.forms import ansible, group_policy, reg
from hklint.reg_file.data import to_data
from hklint.reg_file.entries import DeleteValue, KeyPath, SetValue
from hklint.reg_file.paths import key_of, value_of
from hklint.reg_file.read import read

ABSENT = Absent("value")

Said = dict[RegistryValue, Present | Absent]
texts = st.text(st.characters(codec="utf-16", exclude_characters="\0"), max_size=8)
oneline = st.text(st.characters(codec="utf-16", exclude_characters="\0\r\n"), max_size=8)
odd = st.sampled_from(["", "Enabled", "**del.x", "{{ name }}", "a b", "\u00e9", ";", "]"])
names = odd | oneline
words = st.text("abcXYZ019 .{}[]'-_", min_size=1, max_size=6)
paths = st.lists(words, min_size=1, max_size=3).map("\\".join)
data = st.one_of(
    st.just(ABSENT),
    st.builds(Present, st.sampled_from(["REG_SZ", "REG_EXPAND_SZ"]), texts | st.just("{{ x }}")),
    st.builds(Present, st.just("REG_DWORD"), st.integers(0, 2**32 - 1)),
    st.builds(Present, st.just("REG_QWORD"), st.integers(0, 2**64 - 1)),
    st.builds(Present, st.just("REG_MULTI_SZ"), st.lists(texts.filter(bool)).map(tuple)),
    st.builds(Present, st.sampled_from(["REG_BINARY", "REG_NONE"]), st.binary().map(bytes.hex)),
)
views: st.SearchStrategy[View] = st.sampled_from(["64-bit", "32-bit"])
hives: st.SearchStrategy[Hive] = st.sampled_from(["HKLM", "HKU"])
facts = st.builds(RegistryValue, hives, paths.map("SOFTWARE\\{}".format), names, views)
steps = st.builds(
    Step, facts, data, data, st.just(("tls: rule",)), st.sampled_from(["computer", "none"])
)
fixes = st.lists(
    steps, min_size=1, max_size=5, unique_by=lambda step: (step.fact.value.lower(), step.fact.hive)
)


def fix(made: list[Step]) -> Fix:
    return Fix(("EX01",), "2026-03-04T05:06:07Z", ("tls 1.0.0",), tuple(made), (), ())


def said(made: list[Step]) -> Said:
    """What the steps say; each value under the one name its data have."""
    return {step.fact: step.after for step in made}


@given(fixes)
def test_a_reg_file_says_the_steps(made: list[Step]) -> None:
    found: Said = {}
    for entry in read(reg.files(fix(made))["fix.reg"], "fix.reg").entries:
        match entry:
            case SetValue(key, name, Present() as after):
                found[value_of(key, name)] = after
            case DeleteValue(key, name):
                found[value_of(key, name)] = ABSENT
            case _:
                pass
    assert found == _of_one_view(said(made))


def _of_one_view(steps_said: Said) -> Said:
    return {value_of(key_of(fact), fact.value): after for fact, after in steps_said.items()}


@given(fixes)
def test_registry_pol_says_the_steps_that_it_can(made: list[Step]) -> None:
    """What it can't is told, and nothing is in it that is no step."""
    out = group_policy.left_out(fix(made))
    kept = [step for step in made if step not in out]
    written = group_policy.files(fix(made))
    assert bool(written) == bool(kept)
    if written:
        assert _policy(written["registry.pol"]) == _of_one_view(said(kept))
    for step in out:
        name = step.fact.value
        assert step.fact.hive != "HKLM" or not name or name.startswith("**")


def _policy(content: bytes) -> Said:
    """Read as [MS-GPREG] describes the format."""
    assert content[:8] == b"PReg\1\0\0\0"
    found: Said = {}
    place = 8
    while place < len(content):
        place = _sign(content, place, "[")
        key, place = _string(content, place)
        place = _sign(content, place, ";")
        name, place = _string(content, place)
        place = _sign(content, place, ";")
        number = int.from_bytes(content[place : place + 4], "little")
        place = _sign(content, place + 4, ";")
        size = int.from_bytes(content[place : place + 4], "little")
        place = _sign(content, place + 4, ";")
        after = to_data(number, content[place : place + size])
        place = _sign(content, place + size, "]")
        assert isinstance(after, Present)
        fact = value_of(KeyPath("HKLM", key), name.removeprefix("**del."))
        found[fact] = ABSENT if name.startswith("**del.") else after
    return found


def _sign(content: bytes, place: int, sign: str) -> int:
    assert content[place : place + 2] == sign.encode("utf-16-le")
    return place + 2


def _string(content: bytes, place: int) -> tuple[str, int]:
    end = place
    while content[end : end + 2] != b"\0\0":
        end += 2
    return content[place:end].decode("utf-16-le", "surrogatepass"), end + 2


@given(fixes)
def test_the_text_for_lgpo_says_the_same_or_that_it_does_not(made: list[Step]) -> None:
    """Each value of registry.pol stands in it once, as four lines or as a remark."""
    written = group_policy.files(fix(made))
    if not written:
        return
    content = written["lgpo.txt"]
    text = content.decode("ascii") if content.isascii() else content.decode("utf-16")
    blocks = [block.split("\r\n") for block in text.split("\r\n\r\n")[1:] if block]
    told = {(key, name): action for _, key, name, action in (b for b in blocks if len(b) == 4)}
    steps_in = [step for step in made if step not in group_policy.left_out(fix(made))]
    assert len(blocks) == len(steps_in)
    for step in steps_in:
        key, name = key_of(step.fact).path, step.fact.value
        match step.after:
            case Absent():
                assert told.get((key, name), "DELETE") == "DELETE"
            case Present("REG_DWORD", value):
                assert told.get((key, name), f"DWORD:{value}") == f"DWORD:{value}"
            case Present("REG_SZ", value):
                assert told.get((key, name), f"SZ:{value}") == f"SZ:{value}"
            case Present("REG_EXPAND_SZ", value):
                assert told.get((key, name), f"EXSZ:{value}") == f"EXSZ:{value}"
            case _:
                assert (key, name) not in told


class _Loader(yaml.SafeLoader):
    """YAML as Ansible reads it; what must not be a template is marked."""


def _unsafe(loader: yaml.SafeLoader, node: yaml.Node) -> str:
    assert isinstance(node, yaml.ScalarNode)
    return "unsafe:" + str(loader.construct_scalar(node))


_Loader.add_constructor("!unsafe", _unsafe)


@given(fixes)
def test_tasks_say_the_steps(made: list[Step]) -> None:
    """A task a step, and no text of a host is a template."""
    content = ansible.files(fix(made))["fix.yml"].decode()
    tasks = yaml.load(content, Loader=_Loader)  # noqa: S506 - a safe one
    found: Said = {}
    for task in tasks:
        options: dict[str, Any] = task["ansible.windows.win_regedit"]
        hive, _, key = _plain(options["path"]).partition(":\\")
        fact = value_of(KeyPath(hive, key), _plain(options["name"]))
        if options.get("state") == "absent":
            assert options["delete_key"] is False
            found[fact] = ABSENT
        else:
            found[fact] = _present(options["type"], options.get("data"))
    assert found == _of_one_view(said(made))


def _plain(text: str) -> str:
    """Text that Ansible takes as it is: marked, or without what begins a template."""
    assert text.startswith("unsafe:") or "{" not in text
    return text.removeprefix("unsafe:")


def _present(kind: str, value: Any) -> Present:  # noqa: ANN401 - as the module takes it
    match kind:
        case "dword" | "qword":
            return Present(f"REG_{kind.upper()}", int(value))
        case "multistring":
            return Present("REG_MULTI_SZ", tuple(_plain(text) for text in value or ()))
        case "binary" | "none":
            hexed = value.removeprefix("hex:").replace(",", "")
            return Present(f"REG_{kind.upper()}", hexed)
        case "expandstring":
            return Present("REG_EXPAND_SZ", _plain(value))
        case _:
            return Present("REG_SZ", _plain(value))
