"""Secrets: text that does not show itself."""

from typing import NoReturn, SupportsIndex


class Secret:
    """A password; it is shown as `***` everywhere but in `reveal()`.

    It can't be pickled, copied or written as JSON: it goes nowhere unnoticed.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The password itself: only where a connection is made."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __format__(self, _spec: str) -> str:
        return "***"

    def __reduce_ex__(self, _protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a secret can't be copied or pickled")
