"""Every word that a report shows can be asked about."""

import pytest
from click.testing import CliRunner

from hklint.cli import cli
from hklint.exit_code import MEANING
from hklint.facts.web_request import MEANING as OUTCOMES
from hklint.failure import Reason
from hklint.library import load, shipped_ids
from hklint.verdict import Outcome


def explained(word: str) -> str:
    done = CliRunner().invoke(cli, ["explain", word])
    assert done.exit_code == 0, done.output
    return done.output


def words() -> set[str]:
    library = load(shipped_ids(), {})
    found = {*library.policies, *library.models, *OUTCOMES, *Reason, *Outcome}
    found |= {state for model in library.models.values() for state in model.states}
    found |= {rule.info.id for policy in library.policies.values() for rule in policy.rules}
    return {str(word) for word in found}


@pytest.mark.parametrize("word", sorted(words()))
def test_a_word_is_explained(word: str) -> None:
    assert word in explained(word)


def test_a_state_of_a_diagnosis_comes_with_its_steps() -> None:
    assert "Restart the computer" in explained("restart-due")


def test_a_word_with_two_meanings_has_both() -> None:
    text = explained("connection-refused")
    assert "outcome of a live request" in text
    assert "why a host gave no answer" in text


def test_the_exit_codes() -> None:
    assert explained("exit-codes").count("\n") == len(MEANING)


@pytest.mark.parametrize("command", ["start", "merge", "restart", "status"])
def test_examples_of_the_lab_keep_their_lines(command: str) -> None:
    text = CliRunner().invoke(cli, ["lab", command, "--help"]).output
    assert f"\n    hklint lab {command}" in text
