"""The files of an endpoint: templates, filled with literals and with what people read."""

import re
import uuid
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable

from hklint import collector
from hklint.jea import readme
from hklint.jea.allow_list import AllowList
from hklint.jea.choice import ENDPOINT, Choice
from hklint.powershell import ps_literal, with_windows_lines

_PLACE = re.compile(r"<<(\w+)>>")
_NAMESPACE = uuid.UUID("a5a3b54a-5b7c-4a8f-8c5e-5a0c7d8c2f0d")


def endpoint_files(choice: Choice, allowed: AllowList) -> Mapping[str, str]:
    """The text of each file by its path, which has `/`; equal choices give equal files."""
    literals = {
        "endpoint": ENDPOINT,
        "group": choice.group,
        "transcripts": choice.transcripts,
        "allow_list": allowed.to_json(),
        "version": f"{collector.CONTRACT_VERSION}.0",
    }
    content = "\n".join(literals.values())
    templates = resources.files("hklint.jea").joinpath("templates")
    files: dict[str, str] = {}
    for path, template in _below(templates):
        if path.endswith(".md"):
            pieces = readme.pieces(choice, allowed)
        else:
            guid = str(uuid.uuid5(_NAMESPACE, f"{path}\n{content}"))
            pieces = {name: ps_literal(text) for name, text in {**literals, "guid": guid}.items()}
            pieces |= {"begin": readme.BEGIN, "collector": collector.script(), "end": readme.END}
        files[path] = with_windows_lines(_filled(template, pieces))
    return files


def _filled(template: str, pieces: Mapping[str, str]) -> str:
    """What is put in is not looked at again."""
    return _PLACE.sub(lambda place: pieces[place[1]], template)


def _below(folder: Traversable, path: str = "") -> Iterator[tuple[str, str]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            yield from _below(item, f"{path}{item.name}/")
        else:
            yield f"{path}{item.name}", item.read_text("utf-8")
