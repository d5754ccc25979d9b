"""Hosts that the shipped policies are judged on."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from hklint.documents.document import read_document
from hklint.documents.files import shipped_folder
from hklint.policy_tests.answer import snapshot_of
from hklint.policy_tests.load import load
from hklint.policy_tests.stated import Stated
from hklint.snapshot import Snapshot, Source

SOURCE = Source("psrp", "ex01.contoso.example", "CONTOSO\\audit", "HTTP, NTLM", "0" * 64)
TAKEN_AT = "2026-03-04T05:06:07Z"


@pytest.fixture(scope="session")
def store_host() -> Callable[[str], Snapshot]:
    """One of the hosts in `store_hosts.yaml`, as it answers what its policy asks."""
    names = read_document(Path(__file__).parent / "store_hosts.yaml").root
    tests = load(sorted((shipped_folder() / "exchange").glob("store-addins*.tests.yaml")))
    found = {case.name: (suite, case) for suite in tests.suites for case in suite.cases}

    def answer(name: str) -> Snapshot:
        suite, case = found[names[name]]
        assert isinstance(case.host, Stated)
        said = snapshot_of("EX01", case.host, suite.request)
        return msgspec.structs.replace(said, taken_at=TAKEN_AT, source=SOURCE)

    return answer
