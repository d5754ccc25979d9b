import pytest

import hklint.policy_tests.load


@pytest.fixture
def nothing_shipped(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No documents come with hklint: what does not need them need not read them all."""
    empty = tmp_path_factory.mktemp("shipped")
    monkeypatch.setattr(hklint.policy_tests.load, "shipped_folder", lambda: empty)
