import threading

import pytest

from hklint.credentials import REFUSALS, Passwords

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
        raise RuntimeError(f"no backend for {service_name} {username}")


def revealed(passwords: Passwords, user: str = USER, host: str = "exch01") -> str | None:
    found = passwords.find(user, host)
    return found.reveal() if found else None


def test_environment_comes_first() -> None:
    ring = Ring(**{USER: "ring"})
    assert revealed(Passwords({"HKLINT_PASSWORD": "env"}, ring, lambda _: "typed")) == "env"
    assert ring.asked == []


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
    found: list[str | None] = []
    threads = [
        threading.Thread(target=lambda n=n: found.append(revealed(passwords, host=f"exch{n}")))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
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
