"""The option `--group`: which hosts are compared with each other."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from hklint.cli.sections import SectionOption
from hklint.cli.spool import Spool
from hklint.errors import UsageError
from hklint.run import HostResult, RunHeader

if TYPE_CHECKING:
    from hklint.consistency import HostGroup
    from hklint.fleet import Recorded
    from hklint.linking.library import Library
    from hklint.target import Askable

Results = Iterable[tuple[int, HostResult]]
"""Hosts with the places of their targets."""

group_option = partial(click.option, cls=SectionOption, section="Results")(
    "--group",
    "groups",
    multiple=True,
    metavar="NAME=HOST,...",
    help="Hosts that rules compare with each other, by name or with * and ?. Repeatable; without "
    "it, all hosts are one group.",
)


def with_groups(
    header: RunHeader,
    library: "Library",
    targets: "Sequence[Askable | Recorded]",
    given: Mapping[str, Any],
) -> tuple[RunHeader, Callable[[Results], Results]]:
    """The header of a run with its groups, and what judges the rules that compare hosts.

    Without such rules nothing changes. Raises UsageError, before any host is asked.
    """
    from hklint.judging.consistency import compares  # noqa: PLC0415 - only where hosts are asked

    texts: tuple[str, ...] = given["groups"]
    if not compares(library.policies.values()):
        if texts:
            raise UsageError("--group: no rule of the policies compares hosts; leave it out")
        return header, lambda results: results
    from msgspec.structs import replace  # noqa: PLC0415 - only with such rules

    groups = tuple(_groups(texts))
    _check_members(groups, targets)
    return replace(header, groups=groups), partial(_judged, groups)


def _groups(texts: Sequence[str]) -> "Iterator[HostGroup]":
    from hklint.consistency import HostGroup  # noqa: PLC0415 - only with this option

    names: set[str] = set()
    for text in texts:
        name, sign, listed = text.partition("=")
        hosts = tuple(host.strip() for host in listed.split(","))
        if not (name.strip() and sign and all(hosts)):
            raise UsageError(f"--group {text}: write NAME=HOST,HOST, such as dag1=ex01,ex02")
        if name.strip() in names:
            raise UsageError(f"--group {text}: the group {name.strip()} is given twice")
        names.add(name.strip())
        yield HostGroup(name.strip(), hosts)


def _check_members(groups: "Sequence[HostGroup]", targets: "Sequence[Askable | Recorded]") -> None:
    """Raises UsageError for a group that none of the targets can be in.

    What a file's host is called is only known when it was read.
    """
    from hklint.judging.named_hosts import named_hosts  # noqa: PLC0415 - only with this option
    from hklint.target import SshTarget, WsmanTarget  # noqa: PLC0415 - the same

    asked = [target.host for target in targets if isinstance(target, WsmanTarget | SshTarget)]
    if len(asked) < len(targets):
        return
    for group in groups:
        if not any(map(named_hosts(group.hosts).has_name, asked)):
            raise UsageError(f"--group {group.name}: none of the targets is one of its hosts")


def _judged(groups: "Sequence[HostGroup]", results: Results) -> Generator[tuple[int, HostResult]]:
    """All hosts, once the last of them was heard, with the rules judged that compare them."""
    from hklint.judging.consistency import Groups  # noqa: PLC0415 - only with such rules

    heard = Groups(groups)
    with closing(Spool()) as held:
        for position, result in results:
            heard.add(result)
            held.add(position, result)
        for name in heard.empty():
            click.echo(f"Note: no host of this run is in the group {name}.", err=True)
        yield from enumerate(map(heard.judged, held))
