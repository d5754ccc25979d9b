"""The file that tells other commands where the running lab is, and the key to it.

It is readable by its owner alone, and believed only if it is the reader's own: in a shared
temporary folder anybody could put one there.
"""

import contextlib
import getpass
import os
import sys
import tempfile
from pathlib import Path

import msgspec

from hklint.errors import UsageError

_GROUP_AND_OTHERS = 0o077


class State(msgspec.Struct, frozen=True):
    """A running lab: its id, the process, the control port on 127.0.0.1 and the token for it."""

    lab: str
    pid: int
    port: int
    token: str


def default_path() -> Path:
    """Where the file is kept unless the user names another place."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime:
        return Path(runtime) / "hklint-lab.json"
    return Path(tempfile.gettempdir()) / f"hklint-lab-{getpass.getuser()}" / "lab.json"


def write(state: State, path: Path | None) -> Path:
    """Write the file, in the place of a stale one; says where it is.

    Raises:
        UsageError: It can't be written, or its folder could be somebody else's.
    """
    place = path or default_path()
    try:
        if path is None and "XDG_RUNTIME_DIR" not in os.environ:
            place.parent.mkdir(mode=0o700, exist_ok=True)
            _require_own(place.parent)
        descriptor, name = tempfile.mkstemp(dir=place.parent, prefix=".hklint-lab-")
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(state))
        Path(name).replace(place)
    except OSError as error:
        raise UsageError(
            f"{place}: the lab's state file can't be written: {error.strerror}; name another "
            "place with --state"
        ) from None
    return place


def read(path: Path | None) -> State | None:
    """The state that was written, or None when no lab has left any.

    Raises:
        UsageError: The file is somebody else's, or no state file.
    """
    place = path or default_path()
    try:
        _require_own(place)
        return msgspec.json.decode(place.read_bytes(), type=State)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{place}: the lab's state file can't be read: {error}") from None
    except msgspec.MsgspecError:
        raise UsageError(f"{place}: this is no state file of the lab; remove it") from None


def remove(state: State, path: Path) -> None:
    """Remove the file, if it still is of this lab."""
    with contextlib.suppress(UsageError, OSError):
        if read(path) == state:
            path.unlink()


def _require_own(path: Path) -> None:
    if sys.platform == "win32":
        return
    status = path.lstat()
    if status.st_uid != os.getuid() or status.st_mode & _GROUP_AND_OTHERS:
        raise UsageError(
            f"{path}: it must belong to you and be closed to others; remove it, or name another "
            "place with --state"
        )
