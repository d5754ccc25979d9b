"""Where passwords come from, and when to stop offering one."""

import getpass
import logging
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Protocol

from hklint.secret import Secret

_log = logging.getLogger(__name__)

VARIABLE = "HKLINT_PASSWORD"
SERVICE = "hklint"
REFUSALS = 3
"""An account is not offered any more after so many refusals in a row: account lockout policies
begin at five or so (Microsoft: "Account lockout threshold")."""


class Keyring(Protocol):
    """What is used of the package `keyring`."""

    def get_password(self, service_name: str, username: str) -> str | None:
        """The password kept for a user of a service."""


Prompt = Callable[[str], str]


class Passwords:
    """Finds the password of an account; safe to use from several threads.

    The order is: the environment variable HKLINT_PASSWORD; the keyring, service "hklint", as
    "user@host" and then "user"; a hidden prompt, once for each user. `keyring` and `prompt` are
    None where there is none. Never an argument: those are seen in process lists and histories.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        keyring: Keyring | None = None,
        prompt: Prompt | None = None,
    ) -> None:
        self._given = environment.get(VARIABLE) or None
        self._keyring = keyring
        self._prompt = prompt
        self._lock = threading.Lock()
        self._typed: dict[str, Secret | None] = {}
        self._refusals: Counter[str] = Counter()

    def find(self, user: str, host: str, *, ask: bool = True) -> Secret | None:
        """The password of `user` at `host`, or None when there is none."""
        if self._given is not None:
            return Secret(self._given)
        with self._lock:
            return self._kept(user, host) or (self._asked(user) if ask else None)

    def record(self, user: str, *, accepted: bool) -> None:
        """Tell what a host made of the account, so that a wrong password locks nobody out."""
        with self._lock:
            self._refusals[user.casefold()] = 0 if accepted else self._refusals[user.casefold()] + 1

    def exhausted(self, user: str) -> bool:
        """Whether the account was refused so often in a row that it must not be offered again."""
        with self._lock:
            return self._refusals[user.casefold()] >= REFUSALS

    def _kept(self, user: str, host: str) -> Secret | None:
        if self._keyring is None:
            return None
        for name in (f"{user}@{host}", user):
            try:
                password = self._keyring.get_password(SERVICE, name)
            except Exception as error:  # noqa: BLE001 - backends raise what they like; the next source is asked
                _log.debug("the keyring cannot be read: %s", type(error).__name__)
                return None
            if password:
                return Secret(password)
        return None

    def _asked(self, user: str) -> Secret | None:
        if self._prompt is None:
            return None
        if user not in self._typed:
            try:
                typed = self._prompt(f"Password for {user}: ")
            except EOFError:
                typed = ""
            self._typed[user] = Secret(typed) if typed else None
        return self._typed[user]


def passwords_of_this_process() -> Passwords:
    """Passwords from this process's environment, its user's keyring and its terminal."""
    prompt = getpass.getpass if sys.stdin is not None and sys.stdin.isatty() else None
    return Passwords(os.environ, _installed_keyring(), prompt)


def _installed_keyring() -> Keyring | None:
    try:
        import keyring  # noqa: PLC0415 - an optional package, slow to import
    except ImportError:
        return None
    return keyring
