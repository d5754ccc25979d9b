"""What a tests document says of a host, checked: could a host be so, and does anybody ask for it?

A value that nobody asks for tests nothing. Mostly its name is misspelt, and the test would go on to
say something about a host without the value.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping

from hklint import language
from hklint.codes import Code
from hklint.documents.document import Document, DocumentPath
from hklint.fact import Absent, Observation, Present, RegistryKey, Unreadable, View, Way
from hklint.facts.host import FIELDS
from hklint.facts.web_request import OUTCOMES, Outcome
from hklint.fold import fold
from hklint.language.tests import Datum, Facts, Key
from hklint.linking.conditions import OperandError
from hklint.messages import quoted, suggestion
from hklint.policy_tests.asked import Asked, AskedKey
from hklint.policy_tests.data import DENIED, UNREADABLE, field_mistake, observation
from hklint.policy_tests.stated import Stated, Values, lies_in, parents_of, place_of
from hklint.span import Diagnostic

VIEWS: Mapping[str, View] = {"registry": "64-bit", "registry_32": "32-bit"}
"""The keys of a document with the view that they describe."""
MAX_COMPARED = 200


class FactsReader:
    """Reads what is said of hosts; `diagnostics` collects what can't be so.

    Without `asked`, when the policy itself is wrong, nothing is read of the registry.
    """

    def __init__(self, document: Document, asked: Asked | None) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._document = document
        self._asked = asked
        self._above = parents_of(() if asked is None else asked.keys)

    def read(
        self, path: DocumentPath, facts: Facts, fields: Mapping[str, language.Scalar]
    ) -> Stated:
        """The facts that stand at this path; what is wrong is left out."""
        keys: dict[RegistryKey, Values | Absent | Unreadable] = {}
        for part, view in VIEWS.items():
            found: Mapping[str, Key] = getattr(facts, part)
            keys |= self._keys((*path, part), view, found)
        return Stated(
            dict(self._fields((*path, "host"), fields)),
            keys,
            dict(self._requests((*path, "web"), facts.web)),
        )

    def _fields(
        self, path: DocumentPath, fields: Mapping[str, language.Scalar]
    ) -> Iterator[tuple[str, Observation]]:
        for name, value in fields.items():
            if name not in FIELDS:
                message = f"there is no host field {quoted(name)}"
                self._report_key(
                    (*path, name), message, suggestion(name, FIELDS), Code.UNKNOWN_NAME
                )
            elif value == "absent":
                yield name, Absent("field")
            elif value == "unreadable":
                yield name, UNREADABLE
            elif (wrong := field_mistake(name, value)) is not None:
                self._report((*path, name), *wrong)
            else:
                yield name, Present(FIELDS[name], value)

    def _requests(
        self, path: DocumentPath, web: Mapping[Way, str]
    ) -> Iterator[tuple[Way, Outcome | Unreadable]]:
        for way, word in web.items():
            if self._asked is not None and way not in self._asked.ways:
                message = f"no rule or model makes a request in the way {quoted(way)}"
                self._report_key((*path, way), message, suggestion(way, sorted(self._asked.ways)))
            elif word == "unreadable":
                yield way, UNREADABLE
            elif word in OUTCOMES:
                yield way, word
            else:
                message = f"there is no outcome {quoted(word)}"
                hint = suggestion(word, (*OUTCOMES, "unreadable"))
                self._report((*path, way), message, hint, Code.UNKNOWN_NAME)

    def _keys(
        self, path: DocumentPath, view: View, keys: Mapping[str, Key]
    ) -> dict[RegistryKey, Values | Absent | Unreadable]:
        found: dict[RegistryKey, Values | Absent | Unreadable] = {}
        spelled: dict[RegistryKey, str] = {}
        for name, stated in keys.items():
            place = place_of(name, view)
            if place in spelled:
                message = f"this is the same key as {quoted(spelled[place])}"
                self._report_key((*path, name), message, "write its values in one place")
                continue
            spelled[place] = name
            asked = None if self._asked is None else self._asked.keys.get(place)
            if stated == "absent" and (asked is not None or place in self._above):
                found[place] = Absent("key")
            elif asked is None:
                self._not_asked((*path, name), place)
            elif isinstance(stated, dict):
                found[place] = self._values((*path, name), stated, asked)
            else:
                found[place] = DENIED
        self._contradictions(path, found, spelled)
        return found

    def _not_asked(self, path: DocumentPath, place: RegistryKey) -> None:
        """Says that nobody asks for a key, and which one was meant, as far as that can be told."""
        if self._asked is None:
            return
        name, view = str(path[-1]), place.view
        other: View = "32-bit" if view == "64-bit" else "64-bit"
        if RegistryKey(place.hive, place.key, other) in self._asked.keys:
            part = next(part for part, described in VIEWS.items() if described == other)
            hint = f"it is asked for in the {other} view: write it under {part}"
        else:
            known = (key.path for at, key in self._asked.keys.items() if at.view == view)
            hint = nearest(name, known)
        message = "no rule or model asks for this key: what is said of it tests nothing"
        self._report_key(path, message, hint)

    def _values(self, path: DocumentPath, stated: Mapping[str, Datum], key: AskedKey) -> Values:
        found: dict[str, Observation] = {}
        spelled: dict[str, str] = {}
        for name, datum in stated.items():
            folded = fold(name)
            if folded in spelled:
                message = f"this is the same value as {quoted(spelled[folded])}"
                self._report_key((*path, name), message, "keep one of them")
                continue
            spelled[folded] = name
            asked = key.values.get(folded)
            if asked is None:
                message = "no rule or model asks for this value: what is said of it tests nothing"
                known = (value.name for value in key.values.values())
                self._report_key((*path, name), message, suggestion(name, known))
                continue
            try:
                found[folded] = observation(datum, asked)
            except OperandError as error:
                hint = "for a value of another type write {type: ..., value: ...}"
                self._report((*path, name, *error.place), str(error), hint)
        return found

    def _contradictions(
        self,
        path: DocumentPath,
        keys: Mapping[RegistryKey, Values | Absent | Unreadable],
        spelled: Mapping[RegistryKey, str],
    ) -> None:
        for gone in [place for place, values in keys.items() if isinstance(values, Absent)]:
            for place in keys:
                if place != gone and lies_in(place, gone):
                    message = f"there is no such key where {quoted(spelled[gone])} is absent"
                    self._report_key((*path, spelled[place]), message, "remove one of the two")

    def _report(
        self, path: DocumentPath, message: str, hint: str = "", code: Code = Code.TEST_FACTS
    ) -> None:
        self.diagnostics.append(Diagnostic(self._document.value_span(path), message, hint, code))

    def _report_key(
        self, path: DocumentPath, message: str, hint: str, code: Code = Code.TEST_FACTS
    ) -> None:
        self.diagnostics.append(Diagnostic(self._document.key_span(path), message, hint, code))


def nearest(path: str, known: Iterable[str]) -> str:
    """The known registry path that was meant; those that end like it come first. "" if none is."""
    last = fold(path).rpartition("\\")[2]
    paths = sorted(known, key=lambda item: fold(item).rpartition("\\")[2] != last)
    near = difflib.get_close_matches(path, paths[:MAX_COMPARED], 1)
    return f"did you mean {near[0]}?" if near else ""
