"""hklint jea: write a least-privilege endpoint for hosts."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hklint.cli.options import load_library, policy_options
from hklint.cli.output import atomic, check_writable
from hklint.cli.schema import READABLE
from hklint.errors import UsageError
from hklint.exit_code import Exit
from hklint.jea.choice import TRANSCRIPTS, Choice
from hklint.powershell import ENCODING

if TYPE_CHECKING:
    from hklint.jea.allow_list import AllowList

EXAMPLES = """\b
Examples:
  hklint jea -p exchange-store-addins --group 'CONTOSO\\hklint-readers' -o jea
  hklint jea --profile my-profile.yaml --group 'CONTOSO\\hklint-readers' -o jea --force
Then, on the host, as administrator: .\\Register-HklintCollector.ps1, and from here:
  hklint check ex01 --user 'CONTOSO\\audit' --configuration hklint -p exchange-store-addins
"""


@click.command("jea", epilog=EXAMPLES)
@policy_options
@click.option(
    "--group",
    required=True,
    metavar="DOMAIN\\NAME",
    help="The Windows group whose members may use the endpoint.",
)
@click.option(
    "--output",
    "-o",
    "folder",
    required=True,
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that the files go to; it is made if it is not there.",
)
@click.option(
    "--transcripts",
    metavar="FOLDER",
    default=TRANSCRIPTS,
    show_default=True,
    help="Where the host keeps transcripts of sessions.",
)
@click.option("--force", is_flag=True, help="Replace files that are there.")
def jea_command(
    group: str,
    folder: Path,
    transcripts: str,
    *,
    force: bool,
    **given: Any,  # noqa: ANN401 - click's options
) -> int:
    """Write a least-privilege endpoint (JEA) for hosts, from policies.

    The endpoint answers exactly what the policies need and nothing else, to members of the group,
    who need no other right on the host. Read the README that is written with it.
    """
    from hklint.jea.allow_list import allow_list  # noqa: PLC0415 - only here
    from hklint.jea.files import endpoint_files  # noqa: PLC0415 - the same
    from hklint.jea.readme import prove  # noqa: PLC0415 - the same
    from hklint.judging.plan import facts_needed  # noqa: PLC0415 - the same

    library = load_library(given)
    choice = Choice(group, transcripts, tuple(library.policies), tuple(_asked_by(given)))
    choice.check()
    allowed = allow_list(facts_needed(library.policies.values()))
    files = endpoint_files(choice, allowed)
    _write(folder, files, force=force)
    click.echo(_summary(folder, allowed), err=True)
    click.echo(f"Prove it from here:\n  {prove(choice)}", err=True)
    return Exit.PASSED


def _asked_by(given: Mapping[str, Any]) -> Iterator[str]:
    for option, values in (("-p", "policies"), ("--profile", "profiles"), ("--set", "settings")):
        for value in given[values]:
            yield from (option, value)


def _write(folder: Path, files: Mapping[str, str], *, force: bool) -> None:
    """Writes all files; raises UsageError, if possible before the first one."""
    places = {folder / path: text for path, text in files.items()}
    for place in places:
        if place.exists() and not force:
            raise UsageError(f"{place}: this file is there already; --force replaces it")
    try:
        for place in places:
            place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: this folder can't be made: {error.strerror}") from None
    for place in places:
        check_writable(place)
    for place, text in places.items():
        try:
            with atomic(place, ENCODING) as stream:
                stream.write(text)
            place.chmod(READABLE)
        except OSError as error:
            message = f"{place}: this file can't be written: {error.strerror}; files are missing"
            raise UsageError(message) from None


def _summary(folder: Path, allowed: "AllowList") -> str:
    values = sum(len(key.values) + len(key.names) for key in allowed.registry)
    read = sum(bool(key.values or key.names) for key in allowed.registry)
    bare = len(allowed.registry) - read
    there = f"whether {_counted(bare, 'more key')} {'is' if bare == 1 else 'are'} there, "
    requests = "".join(f"\n  requests to {uri}" for uri in allowed.web_requests)
    return (
        f"Written: {folder}\n"
        f"The endpoint allows, and nothing else:\n"
        f"  {_counted(values, 'registry value')} in {_counted(read, 'key')}, "
        f"{there if bare else ''}and what computer it is{requests}\n"
        f"Next: read {folder / 'README.md'}, copy the folder to the host, and run there as "
        f"administrator:\n"
        f"  .\\Register-HklintCollector.ps1"
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
