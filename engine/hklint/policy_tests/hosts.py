"""The hosts of a tests document: each is what it extends, with its own facts laid over that."""

from collections.abc import Container, Mapping

from hklint.codes import Code
from hklint.documents.document import Document, DocumentPath
from hklint.language.tests import Host
from hklint.messages import quoted, suggestion
from hklint.policy_tests.facts import FactsReader
from hklint.policy_tests.stated import Stated, laid_over
from hklint.span import Diagnostic


class Hosts:
    """The hosts by name; `used` are those that a case has asked for, or that such a host extends.

    What is wrong with any of them goes to the reader's diagnostics.
    """

    def __init__(self, document: Document, hosts: Mapping[str, Host], reader: FactsReader) -> None:
        self.used: set[str] = set()
        self._document = document
        self._hosts = hosts
        self._reader = reader
        self._stated: dict[str, Stated] = {}
        for name in hosts:
            self._resolve(name)

    def find(self, path: DocumentPath, name: str) -> Stated:
        """The host that is named at this path; one of which nothing is stated if there is none."""
        if name not in self._hosts:
            self._report(path, f"there is no host {quoted(name)}", suggestion(name, self._hosts))
            return Stated()
        self.used.update(self._chain(name, self.used))
        return self._stated[name]

    def unused(self) -> list[Diagnostic]:
        """Hosts that no case is about."""
        return [
            Diagnostic(
                self._document.key_span(("hosts", name)),
                f"no case uses the host {quoted(name)}",
                "write its case, or remove it",
                Code.TEST_UNUSED,
            )
            for name in self._hosts
            if name not in self.used
        ]

    def _resolve(self, name: str) -> None:
        """Puts a host together with all it extends, beginning with the one that extends nothing."""
        chain = self._chain(name, self._stated)
        if not chain:
            return
        first = chain[-1]
        base = self._hosts[first].extends
        path = ("hosts", first, "extends")
        if isinstance(base, str) and base not in self._hosts:
            self._report(path, f"there is no host {quoted(base)}", suggestion(base, self._hosts))
        elif isinstance(base, str) and base in chain:
            circle = " -> ".join([*chain[chain.index(base) :], base])
            message = f"hosts extend each other in a circle: {circle}"
            self._report(path, message, "let one of them extend no other", Code.CIRCLE)
        stated = self._stated.get(str(base), Stated())
        for step in reversed(chain):
            host = self._hosts[step]
            stated = laid_over(stated, self._reader.read(("hosts", step), host, host.host))
            self._stated[step] = stated

    def _chain(self, name: str, known: Container[str]) -> list[str]:
        """The host, what it extends and so on, up to one that is known or was met before."""
        chain: dict[str, None] = {}
        step = name
        while step in self._hosts and step not in known and step not in chain:
            chain[step] = None
            step = str(self._hosts[step].extends)
        return list(chain)

    def _report(
        self, path: DocumentPath, message: str, hint: str, code: Code = Code.UNKNOWN_NAME
    ) -> None:
        span = self._document.value_span(path)
        self._reader.diagnostics.append(Diagnostic(span, message, hint, code))
