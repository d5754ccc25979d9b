"""Paths of documents as readers of a repository know them."""

import re

_IN_PACKAGE = "/hklint/policies/"
_ROOT = re.compile(r"^(?:[A-Za-z]:)?/*")


def relative_path(path: str, folder: str = "") -> str:
    """The path of a document, relative to the working folder, with `/` between its names.

    A path outside it keeps its names without what would lead out; one in an installed hklint is
    that of the policy there.
    """
    path, folder = path.replace("\\", "/"), folder.replace("\\", "/").rstrip("/")
    if folder and path.startswith(f"{folder}/"):
        path = path.removeprefix(f"{folder}/")
    elif _IN_PACKAGE in path:
        path = f"policies/{path.rpartition(_IN_PACKAGE)[2]}"
    return "/".join(name for name in _ROOT.sub("", path).split("/") if name not in ("", ".", ".."))
