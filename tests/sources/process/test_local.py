"""How Windows PowerShell is started on this computer. None of this has run on a Windows."""

from types import SimpleNamespace

import pytest

from hklint.failure import Reason
from hklint.sources import collect, objection
from hklint.sources.process import local
from hklint.target import LocalTarget

ARGUMENTS = ("-Version", "5.1", "-NoLogo", "-NoProfile", "-ServerMode")


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({"SystemRoot": "C:\\Windows"}, "C:\\Windows\\System32"),
        ({"SYSTEMROOT": "D:\\WINNT", "PROCESSOR_ARCHITECTURE": "AMD64"}, "D:\\WINNT\\System32"),
        (
            {"SystemRoot": "C:\\Windows", "PROCESSOR_ARCHITEW6432": "AMD64"},
            "C:\\Windows\\Sysnative",
        ),
    ],
)
def test_the_64_bit_powershell_of_windows(variables: dict[str, str], folder: str) -> None:
    program = f"{folder}\\WindowsPowerShell\\v1.0\\powershell.exe"
    assert local.command(variables) == (program, *ARGUMENTS)


def test_elsewhere(kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYSTEMROOT", raising=False)
    reason = objection(LocalTarget(), kit.options())
    assert reason == "hklint runs on no Windows here; name a host"
    outcome = collect(LocalTarget(), kit.REQUEST, kit.options())
    assert (outcome.reason, outcome.detail) == (Reason.TRANSPORT_MISSING, reason)
