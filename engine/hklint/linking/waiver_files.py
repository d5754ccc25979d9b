"""Waivers read from files and folders, checked against the rules that are known."""

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from hklint.documents.document import Document
from hklint.documents.files import files_in, shown_path
from hklint.errors import InvalidDocumentsError, UsageError
from hklint.linking.catalogue import errors_in, in_order, read_catalogue
from hklint.linking.waivers import Rules, WaiverLinker
from hklint.waiver import Waiver

MOST_INSTANCES = 1000
"""A rule with more is refused where it stands."""


class WaiverFiles(msgspec.Struct, frozen=True):
    """The waivers of some files, in their order, and the text of each file by its shown path."""

    waivers: tuple[Waiver, ...] = ()
    documents: Mapping[str, str] = {}


def read_waivers(paths: Sequence[Path], rules: Rules, *, every_policy: bool) -> WaiverFiles:
    """The waivers in these files and folders; `every_policy` is as in WaiverLinker.

    Raises:
        UsageError: There is no such file, or there are no waivers in it.
        InvalidDocumentsError: With all that is wrong.
    """
    files = {path: files_in(path) for path in paths}
    catalogue = read_catalogue(itertools.chain.from_iterable(files.values()))
    documents = list(catalogue.documents["waivers"].values())
    linker = WaiverLinker(rules, every_policy=every_policy)
    waivers = tuple(waiver for document in documents for waiver in linker.link(document))
    if mistakes := errors_in([*catalogue.diagnostics, *linker.diagnostics]):
        raise InvalidDocumentsError(in_order(mistakes))
    texts = {document.path: document.text for document in documents}
    for path, found in files.items():
        if not any(shown_path(file) in texts for file in found):
            raise UsageError(f"{path}: there are no waivers in it: they begin with 'kind: waivers'")
    return WaiverFiles(waivers, texts)


def known_rules(policies: Iterable[Document]) -> Rules:
    """The rules of policies whose shape has been checked."""
    return {
        str(document.root["id"]): {
            str(rule["id"]): _instances(rule.get("for_each", {})) for rule in document.root["rules"]
        }
        for document in policies
    }


def _instances(for_each: Mapping[str, Sequence[object]]) -> tuple[str, ...]:
    """What tells the verdicts of a rule apart, as in PolicyLinker; ("",) for a rule with one."""
    if math.prod(map(len, for_each.values())) > MOST_INSTANCES:
        return ()
    choices = [[f"{name}={value}" for value in values] for name, values in for_each.items()]
    return tuple(map(",".join, itertools.product(*choices)))
