import os
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from hklint.credentials import REFUSALS, Passwords, passwords_of_this_process
from hklint.errors import UsageError
from hklint.password_command import NoPasswordError
from hklint.secret import Secret

USER = "LAB\\audit"


class Ring:
    def __init__(self, **passwords: str) -> None:
        self.passwords = passwords
        self.asked: list[tuple[str, str]] = []

    def get_password(self, service_name: str, username: str) -> str | None:
        self.asked.append((service_name, username))
        return self.passwords.get(username)


class BrokenRing:
    def get_password(self, service_name: str, username: str) -> str | None:
        raise RuntimeError(f"no backend for {service_name} {username}, but Canary-9f3b")


class Command:
    """Prints a password for each user whom it knows."""

    def __init__(self, **passwords: str) -> None:
        self.passwords = passwords
        self.asked: list[tuple[str, str]] = []

    def __call__(self, user: str, host: str) -> Secret:
        self.asked.append((user, host))
        if user not in self.passwords:
            raise NoPasswordError("it ended with status 1")
        return Secret(self.passwords[user])


def revealed(passwords: Passwords, user: str = USER, host: str = "exch01") -> str | None:
    found = passwords.find(user, host)
    return found.reveal() if found else None


def _in_threads(passwords: Passwords) -> list[str | None]:
    found: list[str | None] = []
    threads = [
        threading.Thread(target=lambda n=n: found.append(revealed(passwords, host=f"exch{n}")))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_environment_comes_first() -> None:
    ring = Ring(**{USER: "ring"})
    assert revealed(Passwords({"HKLINT_PASSWORD": "env"}, ring, lambda _: "typed")) == "env"
    assert ring.asked == []


def test_the_environment_comes_before_the_command() -> None:
    command = Command(**{USER: "printed"})
    assert revealed(Passwords({"HKLINT_PASSWORD": "env"}, command=command)) == "env"
    assert command.asked == []


def test_the_command_comes_before_the_keyring_and_once_for_each_user() -> None:
    ring, command = Ring(**{USER: "ring"}), Command(**{USER: "printed", "other": "another"})
    passwords = Passwords({}, ring, lambda _: "typed", command)
    found = [
        revealed(passwords, user, host)
        for user in (USER, USER.lower(), "other")
        for host in ("exch01", "exch02")
    ]
    assert found == ["printed"] * 4 + ["another"] * 2
    assert command.asked == [(USER, "exch01"), ("other", "exch01")]
    assert ring.asked == []


def test_a_command_that_fails_is_the_end_of_the_search(caplog: pytest.LogCaptureFixture) -> None:
    """Another password would not be the one that was meant, and could lock the account."""
    command = Command()
    passwords = Passwords({}, Ring(**{USER: "ring"}), lambda _: "typed", command)
    assert [revealed(passwords), revealed(passwords)] == [None, None]
    assert command.asked == [(USER, "exch01")]
    said = "the password command failed: it ended with status 1"
    assert passwords.missing(USER) == f"there is no password for {USER}: {said}"
    assert passwords.missing("other") == "there is no password for other"
    assert caplog.messages == [f"{USER}: {said}"]


def test_the_command_runs_once_for_all_threads() -> None:
    command = Command(**{USER: "printed"})
    passwords = Passwords({}, command=command)
    found = _in_threads(passwords)
    assert (found, command.asked) == (["printed"] * 8, [(USER, command.asked[0][1])])


def test_a_keyring_that_cannot_be_read_is_told_without_what_it_said() -> None:
    passwords = Passwords({}, BrokenRing())
    assert revealed(passwords) is None
    said = "the keyring cannot be read (RuntimeError)"
    assert passwords.missing(USER.lower()) == f"there is no password for {USER.lower()}: {said}"


def test_keyring_is_asked_for_the_host_and_then_for_the_user() -> None:
    ring = Ring(**{USER: "general", f"{USER}@exch02": "special"})
    passwords = Passwords({"HKLINT_PASSWORD": ""}, ring, lambda _: "typed")
    assert revealed(passwords) == "general"
    assert revealed(passwords, host="exch02") == "special"
    assert ring.asked[:2] == [("hklint", f"{USER}@exch01"), ("hklint", USER)]


@pytest.mark.parametrize("ring", [None, Ring(), BrokenRing()])
def test_prompt_comes_last(ring: object) -> None:
    prompts: list[str] = []
    passwords = Passwords({}, ring, lambda text: prompts.append(text) or "typed")
    assert revealed(passwords) == "typed"
    assert prompts == [f"Password for {USER}: "]


def test_prompt_comes_once_for_a_user_and_all_hosts_and_threads() -> None:
    prompts: list[str] = []
    passwords = Passwords({}, None, lambda text: prompts.append(text) or "typed")
    found = _in_threads(passwords)
    assert found == ["typed"] * 8
    assert len(prompts) == 1


def test_nothing_typed_is_no_password_and_is_not_asked_again() -> None:
    prompts: list[str] = []

    def closed(text: str) -> str:
        prompts.append(text)
        raise EOFError

    passwords = Passwords({}, None, closed)
    assert revealed(passwords) is None
    assert revealed(passwords) is None
    assert len(prompts) == 1


def test_without_a_terminal_nobody_is_asked() -> None:
    assert revealed(Passwords({}, None, None)) is None


def test_ctrl_c_at_the_prompt_is_passed_on() -> None:
    def interrupted(_text: str) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        revealed(Passwords({}, None, interrupted))


def test_an_account_is_given_up_after_refusals_in_a_row() -> None:
    passwords = Passwords({"HKLINT_PASSWORD": "x"})
    for accepted in (*[False] * (REFUSALS - 1), True, *[False] * (REFUSALS - 1)):
        passwords.record(USER, accepted=accepted)
    assert not passwords.exhausted(USER)
    passwords.record(USER.lower(), accepted=False)
    assert passwords.exhausted(USER)
    assert not passwords.exhausted("LAB\\other")


def test_an_account_that_was_never_accepted_is_offered_to_few_at_a_time() -> None:
    """Of twenty hosts that refuse it, asked by eight workers, three get to do so."""
    passwords = Passwords({"HKLINT_PASSWORD": "x"})
    refused = Counter[str]()

    def ask(_host: int) -> None:
        with passwords.offering(USER, lambda: False):
            if not passwords.exhausted(USER):
                time.sleep(0.01)
                refused[USER] += 1
                passwords.record(USER, accepted=False)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(20)))
    assert refused[USER] == REFUSALS


def test_an_account_that_was_accepted_is_offered_to_all_at_once() -> None:
    passwords = Passwords({"HKLINT_PASSWORD": "x"})
    passwords.record(USER, accepted=True)
    with ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(passwords.offering(USER.lower(), lambda: False))


def test_nobody_waits_for_an_account_when_the_run_is_stopped() -> None:
    passwords = Passwords({"HKLINT_PASSWORD": "x"})
    with ExitStack() as stack:
        for _ in range(REFUSALS):
            stack.enter_context(passwords.offering(USER, lambda: False))
        stack.enter_context(passwords.offering(USER, lambda: True))
        stack.enter_context(passwords.offering("LAB\\other", lambda: False))


def test_no_child_inherits_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HKLINT_PASSWORD", "env")
    assert revealed(passwords_of_this_process("no-such-program")) == "env"
    assert "HKLINT_PASSWORD" not in os.environ


def test_the_command_knows_the_user_and_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HKLINT_PASSWORD", "")
    monkeypatch.setenv("CONTOSO", "x")
    names = ["HKLINT_USER", "HKLINT_HOST", "HKLINT_PASSWORD", "CONTOSO"]
    program = f"import os; print([os.environ.get(name) for name in {names}])"
    passwords = passwords_of_this_process(f'{sys.executable} -c "{program}"')
    assert revealed(passwords) == str([USER, "exch01", None, "x"])


def test_a_command_that_is_none_is_found_before_any_host_is_asked() -> None:
    with pytest.raises(UsageError, match="the password command is empty"):
        passwords_of_this_process("")
