"""hklint observe: write a policy draft from what a host has."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hklint.cli.auditing import ask_for_passwords, progress, set_up_logging, stopping
from hklint.cli.connection_options import connection, connection_options
from hklint.cli.new import check_place, write_document
from hklint.cli.options import load_library, parse_targets, policy_options
from hklint.cli.output import SCREEN
from hklint.cli.sections import SectionCommand, SectionOption
from hklint.cli.snapshot import failure_text
from hklint.errors import UsageError
from hklint.exit_code import Exit
from hklint.failure import Failure, Reason

if TYPE_CHECKING:
    from hklint.authoring.observe import Draft
    from hklint.authoring.observed_rule import Asked
    from hklint.fact import Fact, View
    from hklint.policy import Policy
    from hklint.snapshot import Snapshot
    from hklint.sources import Options
    from hklint.target import Askable

EXAMPLES = """\b
Examples:
  hklint observe ex01 -u 'LAB\\audit' -p member-server-network -o ex01.yaml --tests ex01.tests.yaml
  hklint observe ex01 -u 'LAB\\audit' --key 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa' \\
      --value NoLMHash --value LmCompatibilityLevel
  hklint observe ex01.json -o ex01.yaml
"""
VIEWS: Mapping[str, "tuple[View, ...]"] = {
    "64-bit": ("64-bit",),
    "32-bit": ("32-bit",),
    "both": ("64-bit", "32-bit"),
}


_observed = partial(click.option, cls=SectionOption, section="What to observe")
_written = partial(click.option, cls=SectionOption, section="What is written")


@click.command("observe", cls=SectionCommand, epilog=EXAMPLES)
@click.argument("target")
@_observed(
    "--key",
    "-k",
    "keys",
    multiple=True,
    metavar="KEY",
    help="A key, such as HKLM\\SOFTWARE\\Contoso. Repeatable.",
)
@_observed(
    "--value",
    "values",
    multiple=True,
    metavar="NAME",
    help="A value of each of these keys; '' is the default value. Repeatable.",
)
@_observed(
    "--view",
    type=click.Choice(list(VIEWS)),
    default="64-bit",
    show_default=True,
    help="Which registry of a 64-bit Windows the keys are in.",
)
@_observed("--absent", "absent_too", is_flag=True, help="Also rules that nothing is set there.")
@_written(
    "--output",
    "-o",
    default=SCREEN,
    metavar="FILE",
    help="Where the policy goes; without it, to the screen.",
)
@_written("--tests", metavar="FILE", help="Also tests of the policy, which the host passes.")
@_written("--id", "name", metavar="ID", help="The id; else it is made from a name.")
@_written("--force", is_flag=True, help="Replace files that are there.")
@policy_options
@connection_options
def observe_command(target: str, **given: Any) -> int:  # noqa: ANN401 - click's options
    """Write a policy draft from what a host has: a rule for each value, that it stays as it is.

    TARGET is a host or a snapshot. What can be observed is what is named: the values that a
    --policy or --profile asks for, and each --value of each --key; of a --key alone, whether it is
    there. A host is never searched for what nobody named. Of a snapshot, without any of these,
    everything it was asked for.
    """
    from hklint.authoring.observe import asked_by, draft, everything_in, expected_by  # noqa: PLC0415 - the same
    from hklint.fleet import Recorded  # noqa: PLC0415 - only commands that ask hosts

    set_up_logging(given["verbose"])
    output, tests = _places(given)
    options = connection(**given)
    (aim,) = parse_targets([target], options)
    policies = _policies(given)
    asked = [*_named(given), *asked_by(policies)]
    if isinstance(aim, Recorded):
        snapshot = aim.snapshot
        asked = asked or list(everything_in(snapshot))
    else:
        if not asked:
            raise UsageError("name what to observe: a --policy, or a --key with each --value")
        found = _ask(aim, asked, options)
        if isinstance(found, Exit):
            return found
        snapshot = found
    name = given["name"] or _name(output, snapshot)
    drafted = draft(snapshot, asked, name, expected_by(policies), absent_too=given["absent_too"])
    if not drafted.rules:
        hint = "" if given["absent_too"] else "; with --absent rules are written that it stays so"
        raise UsageError(f"{target}: nothing that was asked for is there{hint}")
    _write_policy(drafted, output, force=given["force"])
    if output is not None and tests is not None:
        _write_tests(output, tests, snapshot, asked, force=given["force"])
    return Exit.PASSED


def _places(given: Mapping[str, Any]) -> tuple[Path | None, Path | None]:
    """Where the policy and its tests go. Raises UsageError, before any host is asked."""
    output = None if given["output"] == SCREEN else Path(given["output"])
    tests = None if given["tests"] is None else Path(given["tests"])
    if output is not None:
        check_place("policy", output, force=given["force"])
    if tests is not None:
        if output is None:
            raise UsageError("--tests needs --output FILE: tests are of a policy in a file")
        check_place("tests", tests, force=given["force"])
    return output, tests


def _named(given: Mapping[str, Any]) -> "Iterator[Asked]":
    from hklint.authoring.observe import named  # noqa: PLC0415 - imported by the caller already

    if given["values"] and not given["keys"]:
        raise UsageError("--value needs a --key that it is in")
    return named(given["keys"], given["values"], VIEWS[given["view"]])


def _policies(given: Mapping[str, Any]) -> "Sequence[Policy]":
    if not given["policies"] and not given["profiles"]:
        return ()
    return tuple(load_library(given).policies.values())


def _ask(target: "Askable", asked: "Iterable[Fact]", options: "Options") -> "Snapshot | Exit":
    """The host's answer, with its identity; or the exit code when there is none."""
    from hklint.fleet import gather  # noqa: PLC0415 - only when a host is asked
    from hklint.judging.plan import facts_needed  # noqa: PLC0415 - the same

    facts = {*facts_needed([]), *asked}
    ask_for_passwords([target], options)
    with stopping(options), progress(1):
        (gathered,) = gather([target], facts, options, 1)
    if isinstance(gathered.result, Failure):
        click.echo(failure_text(gathered.name, gathered.result), err=True)
        bug = gathered.result.reason is Reason.INTERNAL_ERROR
        return Exit.BUG if bug else Exit.UNDETERMINED
    return gathered.result


def _name(output: Path | None, snapshot: "Snapshot") -> str:
    from hklint.authoring.observed_rule import slug  # noqa: PLC0415 - imported by the caller already
    from hklint.authoring.start import id_from  # noqa: PLC0415 - only here

    return (output and id_from(output)) or slug(f"observed {snapshot.host}")


def _write_policy(drafted: "Draft", output: Path | None, *, force: bool) -> None:
    from hklint_reports.text import counted  # noqa: PLC0415 - only here

    if output is None:
        click.echo(drafted.text, nl=False)
    else:
        write_document("policy", output, drafted.text, force=force)
    counts = counted(drafted.rules, "rule")
    if drafted.absent:
        counts += f"; not there: {drafted.absent}"
    if drafted.left_out:
        counts += f"; left out, with the reason in a comment: {drafted.left_out}"
    click.echo(f"{'The policy' if output is None else output} has {counts}", err=True)


def _write_tests(
    policy: Path, tests: Path, snapshot: "Snapshot", asked: "Iterable[Asked]", *, force: bool
) -> None:
    from hklint.authoring.tests_start import tests_of_host  # noqa: PLC0415 - only here

    write_document("tests", tests, tests_of_host(policy, tests, snapshot, asked), force=force)
    click.echo(f"Written: {tests}", err=True)
