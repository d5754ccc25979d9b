"""registry.pol, read by Samba: another implementation of the format."""

import json
import subprocess
from pathlib import Path

import pytest

from hklint.fact import Absent, Present, RegistryValue
from hklint.fix import Fix, Step
from hklint.fixing.forms import group_policy

pytestmark = pytest.mark.services

SAMBA = r"""
import json, sys
from samba.dcerpc import preg
from samba.ndr import ndr_unpack
found = ndr_unpack(preg.file, open(sys.argv[1], "rb").read())
print(json.dumps([[e.keyname, e.valuename, e.type, e.data if isinstance(e.data, (int, str)) else
                   bytes(e.data).hex()] for e in found.entries]))
"""
ABSENT = Absent("value")


def _number(value: int) -> Present:
    return Present("REG_DWORD", value)


MADE = [
    Step(RegistryValue("HKLM", "SOFTWARE\\A", "New"), ABSENT, _number(0xFFFFFFFF), ("r",), "none"),
    Step(RegistryValue("HKLM", "SOFTWARE\\A", "Gone"), _number(1), ABSENT, ("r",), "none"),
    Step(
        RegistryValue("HKLM", "SOFTWARE\\A", "List", "32-bit"),
        _number(1),
        Present("REG_MULTI_SZ", ("a", "b")),
        ("r",),
        "none",
    ),
    Step(RegistryValue("HKU", ".DEFAULT\\A", "User"), ABSENT, _number(1), ("r",), "none"),
]


def test_samba_reads_registry_pol(tmp_path: Path) -> None:
    """Another implementation of the format has the same keys, names, types and data."""
    path = tmp_path / "registry.pol"
    fix = Fix(("EX01",), "2026-03-04T05:06:07Z", ("tls 1.0.0",), tuple(MADE), (), ())
    path.write_bytes(group_policy.files(fix)["registry.pol"])
    done = subprocess.run(  # noqa: S603 - all of it is from here
        ["/usr/bin/python3", "-c", SAMBA, str(path)], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [
        ["SOFTWARE\\A", "New", 4, 0xFFFFFFFF],
        ["SOFTWARE\\A", "**del.Gone", 1, " "],
        ["SOFTWARE\\Wow6432Node\\A", "List", 7, "6100000062000000" + "0000"],
    ]
