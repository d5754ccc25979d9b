"""The lab as a whole: the story of the support case, over the wire, and a clean end."""

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

from hklint.collector import script
from hklint.errors import UsageError
from hklint.lab.lab import Lab, LabHost
from hklint.lab.reg_file import HEADER, RegFileError

PROTOCOLS = (
    r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
)
DOTNET = r"Microsoft\.NETFramework\v4.0.30319"
FIX = rf"""{HEADER}

[{PROTOCOLS}\TLS 1.2\Client]
"DisabledByDefault"=dword:00000000
"Enabled"=dword:00000001

[HKEY_LOCAL_MACHINE\SOFTWARE\{DOTNET}]
"SystemDefaultTlsVersions"=dword:00000001

[HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\{DOTNET}]
"SystemDefaultTlsVersions"=dword:00000001
"""
REQUEST = json.dumps(
    {
        "version": 1,
        "host": True,
        "registry": [
            {
                "hive": "HKLM",
                "view": "32-bit",
                "key": r"SOFTWARE\Microsoft\.NETFramework\v4.0.30319",
                "values": ["SystemDefaultTlsVersions"],
            }
        ],
        "web_requests": [
            {
                "uri": "https://appsource.microsoft.com",
                "ways": ["default"],
                "timeout_seconds": 10,
            }
        ],
    }
)


def over_the_wire(lab: Lab, host: LabHost, *, tls: bool) -> dict[str, Any]:
    connection: dict[str, Any] = {
        "port": host.https.port if tls else host.http.port,
        "ssl": tls,
        "auth": "ntlm",
        "username": host.account,
        "password": host.password,
        "cert_validation": str(lab.ca_file),
    }
    with WSMan("127.0.0.1", **connection) as wsman, RunspacePool(wsman) as pool:
        shell: Any = PowerShell(pool)
        shell.add_script(script()).add_parameter("Request", REQUEST)
        (output,) = shell.invoke()
        answer: dict[str, Any] = json.loads(output)
        return answer


def seen(answer: dict[str, Any]) -> tuple[object, object, str]:
    """What is set, how the request went, and the last start."""
    boot = next(item["data"] for item in answer["host"] if item["name"] == "last_boot")
    attempt = answer["web_requests"][0]["attempts"][0]
    return answer["registry"][0]["values"][0].get("data"), attempt["status"], boot


@pytest.mark.parametrize("tls", [False, True])
def test_a_fix_is_set_at_once_and_works_after_the_restart(tmp_path: Path, *, tls: bool) -> None:
    fix = tmp_path / "fix.reg"
    fix.write_bytes(b"\xff\xfe" + FIX.replace("\n", "\r\n").encode("utf-16-le"))
    with Lab(["ex2016-blocked"]) as lab:
        host = lab.hosts["ex2016-blocked"]
        value, status, first_boot = seen(over_the_wire(lab, host, tls=tls))
        assert (value, status) == (None, "SendFailure")
        host.merge(fix)
        assert host.machine.restart_due
        value, status, boot = seen(over_the_wire(lab, host, tls=tls))
        assert (value, status, boot) == (1, "SendFailure", first_boot)
        host.restart()
        assert not host.machine.restart_due
        value, status, boot = seen(over_the_wire(lab, host, tls=tls))
        assert (value, status) == (1, None)
        assert boot > first_boot


def test_a_file_with_a_mistake_changes_nothing() -> None:
    with Lab(["ex2016-blocked"]) as lab:
        host = lab.hosts["ex2016-blocked"]
        before = host.collect(REQUEST)
        with pytest.raises(RegFileError, match="line 12"):
            host.merge(FIX + "broken\n")
        assert not host.machine.restart_due
        assert seen(json.loads(host.collect(REQUEST))) == seen(json.loads(before))


def test_targets_name_the_account(lab: Lab) -> None:
    host = lab.hosts["ex2016-healthy"]
    assert host.target == f"psrp://LAB%5Caudit@127.0.0.1:{host.http.port}"
    assert host.tls_target == f"psrps://LAB%5Caudit@127.0.0.1:{host.https.port}"


def test_the_lab_leaves_nothing_behind() -> None:
    threads = threading.active_count()
    with Lab() as lab:
        folder = lab.ca_file.parent
        lab.hosts["ex2016-healthy"].collect(REQUEST)
        assert folder.exists()
        begun = time.monotonic()
    assert time.monotonic() - begun < 1
    assert not folder.exists()
    assert threading.active_count() == threads


def test_a_lab_that_can_not_start_leaves_nothing_behind(tmp_path: Path) -> None:
    threads = threading.active_count()
    with pytest.raises(UsageError):
        Lab(["ex2016-healthy", "unknown"])
    with pytest.raises(FileNotFoundError):
        Lab(["ex2016-healthy"], tmp_path / "missing")
    assert threading.active_count() == threads
