"""Options that several commands share, and what is made of them."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hklint.cli.sections import SectionOption
from hklint.errors import UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from hklint.fleet import Recorded
    from hklint.linking.library import Library
    from hklint.sources import Options
    from hklint.target import Askable, Target

Command = Callable[..., Any]


def _complete_ids(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> "list[CompletionItem]":
    """Ids of policies or profiles that come with hklint, or else files."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - only in a shell

    from hklint.documents.files import shipped_names  # noqa: PLC0415 - the same

    del ctx
    kind = "profile" if param.name == "profiles" else "policy"
    found = [name for name in shipped_names(kind) if name.startswith(incomplete)]
    if found:
        return [CompletionItem(name) for name in found]
    return [CompletionItem(incomplete, type="file")]


_policies = partial(click.option, cls=SectionOption, section="Policies")

_POLICY = (
    _policies(
        "--policy",
        "-p",
        "policies",
        multiple=True,
        metavar="POLICY",
        shell_complete=_complete_ids,
        help="Id of a policy that comes with hklint, or the path of your own. Repeatable.",
    ),
    _policies(
        "--profile",
        "profiles",
        multiple=True,
        metavar="PROFILE",
        shell_complete=_complete_ids,
        help="Id of a profile that comes with hklint, or the path of your own. Repeatable.",
    ),
    _policies(
        "--set",
        "settings",
        multiple=True,
        metavar="[POLICY.]NAME=VALUE",
        help="Set a parameter of all policies that have it, or of POLICY only. Repeatable.",
    ),
)


def policy_options(command: Command) -> Command:
    """Which policies and profiles, with which parameters."""
    return apply_options(_POLICY, command)


def load_library(given: Mapping[str, Any]) -> "Library":
    """What the policy options ask for. Raises click's UsageError if that is nothing."""
    from hklint.linking.library import load  # noqa: PLC0415 - only commands that judge
    from hklint.linking.parameters import parse_settings  # noqa: PLC0415 - the same

    if not given["policies"] and not given["profiles"]:
        raise click.UsageError("name what to judge by: a --policy, a --profile, or several of them")
    return load(given["policies"], parse_settings(given["settings"]), given["profiles"])


def parse_targets(texts: Sequence[str], options: "Options") -> "list[Askable | Recorded]":
    """The targets named, checked as far as that goes without a connection. Raises UsageError."""
    from hklint.cli.reg_file_options import (  # noqa: PLC0415 - only commands that ask hosts
        check_reg_file,
        check_reg_options,
    )
    from hklint.fleet import Recorded  # noqa: PLC0415 - the same
    from hklint.sources import objection  # noqa: PLC0415 - the same
    from hklint.sources.recorded import load_snapshot  # noqa: PLC0415 - the same
    from hklint.target import RegFileTarget, SnapshotTarget, parse_target  # noqa: PLC0415 - the same

    if not texts:
        raise UsageError("no target: name a host (psrp://user@host) or a snapshot file")
    targets: list[Askable | Recorded] = []
    places: set[tuple[object, ...]] = set()
    for text in texts:
        target = parse_target(text)
        place = _place(target, options)
        if place in places:
            raise UsageError(f"{text}: this target is given twice")
        places.add(place)
        if isinstance(target, SnapshotTarget):
            targets.append(Recorded(target.path, load_snapshot(target.path)))
            continue
        if isinstance(target, RegFileTarget):
            check_reg_file(target, options)
            targets.append(target)
            continue
        reason = objection(target, options)
        if reason is not None:
            raise UsageError(f"{text.removesuffix(':')}: {reason}")
        targets.append(target)
    check_reg_options(targets, options)
    return targets


def _place(target: "Target", options: "Options") -> tuple[object, ...]:
    """What makes two targets the same, however they are spelled."""
    from hklint.target import RegFileTarget, SnapshotTarget  # noqa: PLC0415 - the caller has it

    if isinstance(target, SnapshotTarget | RegFileTarget):
        return (Path(target.path).resolve(),)
    way = (type(target).__name__, getattr(target, "port", None), getattr(target, "tls", None))
    return target.host.casefold(), target.user or options.user, *way


def apply_options(options: Sequence[Callable[[Command], Command]], command: Command) -> Command:
    """The command with these options, in their order."""
    for option in reversed(options):
        command = option(command)
    return command
