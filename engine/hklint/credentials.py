"""Where passwords come from, and when to stop offering one."""

import getpass
import logging
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from hklint.password_command import (
    HOST_VARIABLE,
    USER_VARIABLE,
    NoPasswordError,
    run_command,
    split_command,
)
from hklint.secret import Secret

_log = logging.getLogger(__name__)

VARIABLE = "HKLINT_PASSWORD"
SERVICE = "hklint"
REFUSALS = 3
"""An account is not offered any more after so many refusals in a row: account lockout policies
begin at five or so (Microsoft: "Account lockout threshold")."""
_SLICE = 0.5
"""Longest wait in one piece: nothing wakes a thread that waits when a run is stopped."""


class Keyring(Protocol):
    """What is used of the package `keyring`."""

    def get_password(self, service_name: str, username: str) -> str | None:
        """The password kept for a user of a service."""


Prompt = Callable[[str], str]
Command = Callable[[str, str], Secret]
"""Gives the password of a user, who is needed for a host; raises NoPasswordError."""


class Passwords:
    """Finds the password of an account; safe to use from several threads.

    The order is: the environment variable HKLINT_PASSWORD; the password command, once for each
    user; the keyring, service "hklint", as "user@host" and then "user"; a hidden prompt, once for
    each user. `command`, `keyring` and `prompt` are None where there is none; a command that fails
    is the end of the search. Never an argument: those are seen in process lists and histories.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        keyring: Keyring | None = None,
        prompt: Prompt | None = None,
        command: Command | None = None,
    ) -> None:
        given = environment.get(VARIABLE)
        self._given = Secret(given) if given else None
        self._keyring = keyring
        self._prompt = prompt
        self._command = command
        self._lock = threading.Lock()
        self._printed: dict[str, Secret | None] = {}
        self._typed: dict[str, Secret | None] = {}
        self._troubles: dict[str, str] = {}
        self._refusals: Counter[str] = Counter()
        self._proved: set[str] = set()
        self._offered: Counter[str] = Counter()
        self._changed = threading.Condition()

    def find(self, user: str, host: str, *, ask: bool = True) -> Secret | None:
        """The password of `user` at `host`, or None when there is none; `missing` says why."""
        if self._given is not None:
            return self._given
        with self._lock:
            if self._command is not None:
                return self._from_command(self._command, user, host)
            return self._kept(user, host) or (self._asked(user) if ask else None)

    def missing(self, user: str) -> str:
        """That there is no password for `user`, with what went wrong where one was looked for."""
        with self._lock:
            trouble = self._troubles.get(user.casefold())
        return f"there is no password for {user}" + (f": {trouble}" if trouble else "")

    def record(self, user: str, *, accepted: bool) -> None:
        """Tell what a host made of the account, so that a wrong password locks nobody out."""
        account = user.casefold()
        with self._changed:
            self._refusals[account] = 0 if accepted else self._refusals[account] + 1
            if accepted:
                self._proved.add(account)
            self._changed.notify_all()

    def exhausted(self, user: str) -> bool:
        """Whether the account was refused so often in a row that it must not be offered again."""
        with self._changed:
            return self._refusals[user.casefold()] >= REFUSALS

    @contextmanager
    def offering(self, user: str, stopped: Callable[[], bool]) -> Generator[None]:
        """While a host is asked as `user`; begins when that can't lock the account.

        Until a first host has accepted the account, only so many are asked at the same time as may
        refuse it. The others wait, as long as `stopped` says no.
        """
        account = user.casefold()
        with self._changed:
            while not (self._may_be_offered(account) or stopped()):
                self._changed.wait(_SLICE)
            self._offered[account] += 1
        try:
            yield
        finally:
            with self._changed:
                self._offered[account] -= 1
                self._changed.notify_all()

    def _may_be_offered(self, account: str) -> bool:
        refusals = self._refusals[account]
        decided = account in self._proved or refusals >= REFUSALS
        return decided or refusals + self._offered[account] < REFUSALS

    def _from_command(self, command: Command, user: str, host: str) -> Secret | None:
        account = user.casefold()
        if account not in self._printed:
            self._printed[account] = None
            try:
                self._printed[account] = command(user, host)
            except NoPasswordError as error:
                self._troubles[account] = f"the password command failed: {error}"
                _log.warning("%s: %s", user, self._troubles[account])
        return self._printed[account]

    def _kept(self, user: str, host: str) -> Secret | None:
        if self._keyring is None:
            return None
        for name in (f"{user}@{host}", user):
            try:
                password = self._keyring.get_password(SERVICE, name)
            except Exception as error:  # noqa: BLE001 - backends raise what they like; the next source is asked
                trouble = f"the keyring cannot be read ({type(error).__name__})"
                self._troubles[user.casefold()] = trouble
                _log.debug("%s: %s", user, trouble)
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


def passwords_of_this_process(command: str | None = None) -> Passwords:
    """Passwords from this process's environment, a command, its user's keyring and its terminal.

    The password leaves the environment, so that no child process inherits it.

    Raises:
        UsageError: The text of the command can't be split into words.
    """
    taken = {VARIABLE: os.environ.pop(VARIABLE, "")}
    prompt = getpass.getpass if sys.stdin is not None and sys.stdin.isatty() else None
    asked = None if command is None else _command(split_command(command))
    return Passwords(taken, _installed_keyring(), prompt, asked)


def _command(words: Sequence[str]) -> Command:
    def ask(user: str, host: str) -> Secret:
        return run_command(words, {**os.environ, USER_VARIABLE: user, HOST_VARIABLE: host})

    return ask


def _installed_keyring() -> Keyring | None:
    try:
        import keyring  # noqa: PLC0415 - an optional package, slow to import
    except ImportError:
        return None
    return keyring
