"""Places as SARIF names them: files by relative URI, hosts and registry values by logical name."""

import hashlib
import re
from collections.abc import Collection, Mapping
from urllib.parse import quote

from hklint.fact import Fact, HostField, RegistryKey, RegistryName, RegistryValue, WebRequest
from hklint.span import Span
from hklint_reports.sarif.rules import Json
from hklint_reports.text import encodable, visible

FOLDER = "%SRCROOT%"
"""The base of all paths, by the name that code scanning knows: the working folder."""
_IN_PACKAGE = "/hklint/policies/"
_ROOT = re.compile(r"^(?:[A-Za-z]:)?/*")
_KINDS: dict[type[Fact], str] = {
    RegistryValue: "registryValue",
    RegistryName: "registryValue",
    RegistryKey: "registryKey",
    HostField: "member",
    WebRequest: "resource",
}


def relative_uri(path: str, folder: str = "") -> str:
    """A URI for a document, relative to the working folder.

    A path outside it keeps its names without what would lead out; one in an installed hklint is
    that of the policy there.
    """
    path, folder = path.replace("\\", "/"), folder.replace("\\", "/").rstrip("/")
    if folder and path.startswith(f"{folder}/"):
        path = path.removeprefix(f"{folder}/")
    elif _IN_PACKAGE in path:
        path = f"policies/{path.rpartition(_IN_PACKAGE)[2]}"
    names = [name for name in _ROOT.sub("", path).split("/") if name not in ("", ".", "..")]
    return quote(encodable("/".join(names), "utf-8"))


class Places:
    """The files, hosts and facts that one SARIF run refers to, each numbered once."""

    def __init__(self, documents: Mapping[str, str], folder: str) -> None:
        self._documents = documents
        self._folder = folder
        self._artifacts: dict[str, int] = {}
        self._logical: dict[str, tuple[int, Json]] = {}

    def artifact(self, path: str) -> Json:
        """The location of a document."""
        index = self._artifacts.setdefault(path, len(self._artifacts))
        return self._location(path) | {"index": index}

    def _location(self, path: str) -> Json:
        return {"uri": relative_uri(path, self._folder), "uriBaseId": FOLDER}

    def physical(self, span: Span, until: int = 0) -> Json:
        """A piece of a document with its text, and with the lines around it up to `until`."""
        region: Json = {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.line,
            "endColumn": max(span.end_column, span.column),
        }
        lines = self._documents.get(span.path, "").split("\n")
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

    def host(self, host: str) -> Json:
        """The logical location of a host."""
        name = visible(host)
        return self._node(name, {"name": name, "fullyQualifiedName": name, "kind": "host"})

    def fact(self, host: str, fact: Fact) -> Json:
        """The logical location of something that was read from a host."""
        name = visible(f"{host}/{fact}")
        return self._node(
            name,
            {
                "name": visible(_short_name(fact)),
                "fullyQualifiedName": name,
                "kind": _KINDS[type(fact)],
                "parentIndex": self.host(host)["index"],
            },
        )

    def _node(self, name: str, node: Json) -> Json:
        index, _ = self._logical.setdefault(name, (len(self._logical), node))
        return {"index": index, "fullyQualifiedName": name}

    def logical_locations(self) -> list[Json]:
        """All logical locations that were named so far."""
        return [node for _, node in self._logical.values()]

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
            artifact["contents"] = {"text": encodable(text, "utf-8")}
            sha256 = sha256 or hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()
        return artifact | ({"hashes": {"sha-256": sha256}} if sha256 else {})


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
