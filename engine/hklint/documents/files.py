"""Where documents lie: those that come with hklint, the user's own, and what is around these."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from hklint.documents.document import MAX_BYTES
from hklint.errors import UsageError

TESTS_SUFFIX = ".tests.yaml"
SUFFIXES = (".yaml", ".yml")
MAX_FOLDERS = 1000
"""How many folders below a profile's are looked through for what it names."""

_PASSED_BY = frozenset({"node_modules", "__pycache__"})
_PROFILE = re.compile(rb"""^(?:\{\s*)?["']?kind["']?\s*:\s*["']?profile\b""", re.MULTILINE)
_CHOSEN_FROM = re.compile(
    rb"""^(?:\{\s*)?["']?kind["']?\s*:\s*["']?(profile|policy|model)\b""", re.MULTILINE
)


def shipped_folder() -> Path:
    """The policies that come with hklint: inside the package, or beside the source roots."""
    inside = Path(__file__).parents[1] / "policies"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "policies"


def shipped_names(kind: str) -> list[str]:
    """The ids of the documents of a kind that come with hklint, without reading them as YAML."""
    wanted = re.compile(rf"^kind: {kind}$.*?^id: (\S+)$", re.MULTILINE | re.DOTALL)
    texts = (file.read_text(encoding="utf-8") for file in files_in(shipped_folder()))
    return sorted(found[1] for text in texts if (found := wanted.search(text)))


def is_path(name: str) -> bool:
    """Whether a name on the command line is a path, and no id."""
    return name.endswith(SUFFIXES) or "/" in name or "\\" in name


def files_in(path: Path) -> list[Path]:
    """The documents in a folder, or the file itself. Raises UsageError if there is neither."""
    if not path.is_dir():
        if not path.exists():
            raise UsageError(f"{path}: there is no such file or folder")
        return [path]
    found = [file for suffix in SUFFIXES for file in path.rglob(f"*{suffix}")]
    return sorted(file for file in found if not file.name.endswith(TESTS_SUFFIX))


def files_around(files: Iterable[Path]) -> list[Path]:
    """Files with the models in the folders `models` beside and above them.

    With profiles come the policies, models and profiles beside and below them as well. Raises
    UsageError for a file that is not there.
    """
    named = list(files)
    around: dict[Path, None] = {}
    for file in named:
        around |= dict.fromkeys(files_in(file))
        for folder in (file.resolve().parent, file.resolve().parent.parent):
            models = folder / "models"
            around |= dict.fromkeys(files_in(models) if models.is_dir() else [])
    return [*around, *neighbours(named)]


def neighbours(files: Iterable[Path]) -> list[Path]:
    """What lies beside and below the profiles among these files, and what they may name.

    YAML of other tools is left alone. Raises UsageError if there is too much to look through.
    """
    folders = {file.resolve().parent for file in files if _says(file, _PROFILE)}
    found = {file for folder in sorted(folders) for file in _below(folder)}
    return sorted(file for file in found if _says(file, _CHOSEN_FROM))


def _below(folder: Path) -> Iterator[Path]:
    """YAML files in a folder and below, without hidden folders and those of package managers."""
    for number, (here, folders, names) in enumerate(os.walk(folder)):
        if number >= MAX_FOLDERS:
            raise UsageError(
                f"{folder}: below this profile's folder are more than {MAX_FOLDERS} folders, too "
                "many to look for what it names; give profiles and policies a folder of their own"
            )
        folders[:] = [
            name for name in folders if not name.startswith(".") and name not in _PASSED_BY
        ]
        for name in names:
            if name.endswith(SUFFIXES) and not name.endswith(TESTS_SUFFIX):
                yield Path(here, name)


def _says(file: Path, what: re.Pattern[bytes]) -> bool:
    if not file.is_file():  # a pipe would keep us waiting
        return False
    try:
        with file.open("rb") as stream:
            return what.search(stream.read(MAX_BYTES).removeprefix(b"\xef\xbb\xbf")) is not None
    except OSError:
        return False


def shown_path(file: Path) -> str:
    """A path as reports show it: below `policies/` if shipped, else as seen from here.

    A file of the user's own that would read like a shipped one is shown with its whole path.
    """
    file = file.resolve()
    shipped = shipped_folder().resolve()
    if file.is_relative_to(shipped):
        return "policies/" + file.relative_to(shipped).as_posix()
    if file.is_relative_to(Path.cwd()):
        shown = file.relative_to(Path.cwd())
        if not (shown.parts[0] == "policies" and (shipped / Path(*shown.parts[1:])).exists()):
            return shown.as_posix()
    return file.as_posix()


def real_path(shown: str) -> Path:
    """The file that `shown_path` shows so."""
    place, _, rest = shown.partition("/")
    shipped = shipped_folder() / rest
    return shipped if place == "policies" and shipped.exists() else Path(shown)
