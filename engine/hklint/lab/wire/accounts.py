"""The accounts of a lab host, and how a client may spell them."""

from collections.abc import Mapping

import msgspec


class Account(msgspec.Struct, frozen=True):
    """An account; `name` is its one spelling, as the machine has it."""

    name: str
    password: str

    def __repr__(self) -> str:
        """The account without its password."""
        return f"Account({self.name!r})"

    @property
    def domain(self) -> str:
        """The domain or computer; empty for a local account that was named without it."""
        return self.name.rpartition("\\")[0]

    @property
    def user(self) -> str:
        """The name without the domain."""
        return self.name.rpartition("\\")[2]


class Accounts:
    r"""Looks accounts up, whatever the case, as `DOMAIN\user`, `user@domain` or `user`.

    `computer` is the domain of local accounts; `.` stands for it too.

    Raises:
        ValueError: Two accounts differ in case only.
    """

    def __init__(self, passwords: Mapping[str, str], computer: str) -> None:
        self._computer = computer.casefold()
        self._accounts: dict[tuple[str, str], Account] = {}
        for name, password in passwords.items():
            account = Account(name, password)
            key = (account.domain.casefold() or self._computer, account.user.casefold())
            if key in self._accounts:
                raise ValueError(f"The lab host {computer} has the account {name} twice.")
            self._accounts[key] = account

    def find(self, spelling: str) -> Account | None:
        r"""The account that a client means.

        Of the domain in `user@domain`, its first label counts. A bare `user` is a local account,
        or else the only account of that name.
        """
        domain, _, user = spelling.casefold().rpartition("\\")
        if not domain and "@" in user:
            user, _, realm = user.rpartition("@")
            domain = realm.partition(".")[0]
        if domain:
            return self._accounts.get((self._computer if domain == "." else domain, user))
        local = self._accounts.get((self._computer, user))
        if local is not None:
            return local
        same = [account for (_, name), account in self._accounts.items() if name == user]
        return same[0] if len(same) == 1 else None
