"""Places as SARIF names them: files by relative URI, hosts and registry values by logical name."""

import hashlib
from collections.abc import Collection, Mapping
from functools import lru_cache
from urllib.parse import quote

from hklint.fact import Fact, HostField, RegistryKey, RegistryName, RegistryValue, WebRequest
from hklint.span import Span
from hklint_reports.identity import Json
from hklint_reports.paths import relative_path
from hklint_reports.sarif.shown import shown
from hklint_reports.text import encodable

FOLDER = "%SRCROOT%"
"""The base of all paths, by the name that code scanning knows: the working folder."""
MAX_ARTIFACTS = 1_000
"""Files that a run lists; a policy with its models and waivers has a few."""
_KINDS: dict[type[Fact], str] = {
    RegistryValue: "registryValue",
    RegistryName: "registryValue",
    RegistryKey: "registryKey",
    HostField: "member",
    WebRequest: "resource",
}


def relative_uri(path: str, folder: str = "") -> str:
    """A URI for a document, relative to the working folder."""
    return quote(encodable(relative_path(path, folder), "utf-8"))


class Places:
    """The files that one SARIF run refers to, each numbered once."""

    def __init__(self, documents: Mapping[str, str], folder: str) -> None:
        self._documents = documents
        self._folder = folder
        self._artifacts: dict[str, int] = {}
        self._lines: dict[str, list[str]] = {}
        self._remembered = lru_cache(MAX_ARTIFACTS)(self._physical)

    def artifact(self, path: str) -> Json:
        """The location of a document."""
        if len(self._artifacts) == MAX_ARTIFACTS and path not in self._artifacts:
            return self._location(path)
        index = self._artifacts.setdefault(path, len(self._artifacts))
        return self._location(path) | {"index": index}

    def _location(self, path: str) -> Json:
        return {"uri": relative_uri(path, self._folder), "uriBaseId": FOLDER}

    def physical(self, span: Span, until: int = 0) -> Json:
        """A piece of a document with its text, and with the lines around it up to `until`.

        The same piece may be the same object: leave it as it is.
        """
        return self._remembered(span, until)

    def _physical(self, span: Span, until: int) -> Json:
        region: Json = {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.line,
            "endColumn": max(span.end_column, span.column),
        }
        lines = self._lines_of(span.path)
        location: Json = {"artifactLocation": self.artifact(span.path), "region": region}
        if span.line <= len(lines) and lines[span.line - 1]:
            last = min(max(until, span.line), len(lines))
            piece = lines[span.line - 1][span.column - 1 : span.end_column - 1]
            around = "\n".join(lines[span.line - 1 : last])
            region["snippet"] = {"text": encodable(piece, "utf-8")}
            location["contextRegion"] = {
                "startLine": span.line,
                "endLine": last,
                "snippet": {"text": encodable(around, "utf-8")},
            }
        return location

    def _lines_of(self, path: str) -> list[str]:
        if path not in self._documents:
            return []
        if path not in self._lines:
            self._lines[path] = self._documents[path].split("\n")
        return self._lines[path]

    def artifacts(self, hashes: Mapping[str, str], waivers: Collection[str]) -> list[Json]:
        """All documents that were named so far.

        `hashes` are the known ones, by path; `waivers` are the paths of documents with waivers.
        """
        return [
            self._artifact(path, hashes.get(path, ""), waivers=path in waivers)
            for path in self._artifacts
        ]

    def _artifact(self, path: str, sha256: str, *, waivers: bool) -> Json:
        artifact: Json = {
            "location": self.artifact(path),
            "roles": ["userSpecifiedConfiguration" if waivers else "analysisTarget"],
            "mimeType": "application/yaml",
        }
        text = self._documents.get(path)
        if text is not None:
            data = text.encode(errors="backslashreplace")
            artifact["contents"] = {"text": data.decode()}
            sha256 = sha256 or hashlib.sha256(data).hexdigest()
        return artifact | ({"hashes": {"sha-256": sha256}} if sha256 else {})


def host_place(host: str) -> Json:
    """The logical location of a host."""
    name = shown(host)
    return {"name": name, "fullyQualifiedName": name, "kind": "host"}


def fact_place(host: str, fact: Fact) -> Json:
    """The logical location of something that was read from a host."""
    return {
        "name": shown(_short_name(fact)),
        "fullyQualifiedName": shown(f"{host}/{fact}"),
        "kind": _KINDS[type(fact)],
    }


def _short_name(fact: Fact) -> str:
    match fact:
        case RegistryValue(value=value) | RegistryName(value=value):
            return value or "(default)"
        case RegistryKey(key=key):
            return key.rpartition("\\")[2]
        case HostField(field=field):
            return field
        case WebRequest(uri=uri):
            return uri
