"""hklint new: write a start of a document."""

from datetime import UTC, datetime
from pathlib import Path

import click

from hklint.cli.output import SCREEN, atomic, check_writable
from hklint.cli.schema import READABLE
from hklint.errors import UsageError
from hklint.exit_code import Exit

KINDS = ("policy", "model", "tests", "profile", "waivers")

EXAMPLES = """\b
Examples:
  hklint new policy contoso-baseline.yaml --title "Contoso's baseline"
  hklint new tests --policy contoso-baseline.yaml
  hklint new model models/contoso-agent.yaml
  hklint new waivers -                          # to the screen
"""
_NEXT = {
    "policy": (
        "hklint lint {file}",
        "hklint new tests --policy {file}",
        "hklint check HOST --policy {file}",
    ),
    "model": ("hklint lint {file}",),
    "tests": ("hklint test {file}",),
    "profile": ("hklint explain profile {file}", "hklint check HOST --profile {file}"),
    "waivers": ("hklint waivers {file}", "hklint check HOST --policy POLICY --waivers {file}"),
}
_MODEL_NOTE = "Policies know the models in a folder `models` beside them."


@click.command("new", epilog=EXAMPLES)
@click.argument("kind", type=click.Choice(KINDS), metavar="|".join(KINDS))
@click.argument("path", required=False)
@click.option("--id", "name", metavar="ID", help="The id; else it is made from the file's name.")
@click.option("--title", metavar="TEXT", help="The title.")
@click.option(
    "--policy", "tested", metavar="POLICY", help="tests: the policy to test, by id or path."
)
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
def new_command(
    kind: str,
    path: str | None,
    name: str | None,
    title: str | None,
    tested: str | None,
    *,
    force: bool,
) -> int:
    """Write a start of a policy, model or profile, of tests or waivers, to be edited at once.

    It is valid as it is, with a comment for each key. PATH is a file, a folder, or - for the
    screen; without it the file lies here and is named by its id. With --policy, tests have the
    values that the policy asks for, and cases in which its rules pass and fail.
    """
    from hklint.authoring.start import id_from, schema_near  # noqa: PLC0415 - only here

    if tested is not None and kind != "tests":
        raise UsageError("--policy is for tests: hklint new tests --policy POLICY")
    file = _file(kind, path, name, tested)
    text = _text(kind, name or id_from(file), title, tested)
    if path == SCREEN:
        click.echo(text, nl=False)
        return Exit.PASSED
    write_document(kind, file, text, force=force)
    file.chmod(READABLE)
    click.echo(_next_steps(kind, file, has_schema=schema_near(kind, file) is not None))
    return Exit.PASSED


def write_document(kind: str, file: Path, text: str, *, force: bool) -> None:
    """Writes a document that names its schema, for its owner's eyes only.

    Raises UsageError if it can't go there.
    """
    from hklint.authoring.start import schema_near, with_schema  # noqa: PLC0415 - only here

    check_place(kind, file, force=force)
    file.parent.mkdir(exist_ok=True)
    check_writable(file)
    with atomic(file) as stream:
        stream.write(with_schema(text, kind, schema_near(kind, file)))


def check_place(kind: str, file: Path, *, force: bool) -> None:
    """Raises UsageError if a document of this kind would not be found under this name."""
    from hklint.documents.files import SUFFIXES, TESTS_SUFFIX  # noqa: PLC0415 - only here

    is_tests = file.name.endswith(TESTS_SUFFIX)
    if kind == "tests" and not is_tests:
        raise UsageError(f"{file}: the name of a file with tests ends in {TESTS_SUFFIX}")
    if kind != "tests" and (is_tests or not file.name.endswith(SUFFIXES)):
        raise UsageError(f"{file}: the name of a {kind} file ends in .yaml")
    if file.exists() and not force:
        raise UsageError(f"{file}: this file is there already; --force replaces it")


def _file(kind: str, path: str | None, name: str | None, tested: str | None) -> Path:
    """Where the document goes."""
    from hklint.documents.files import TESTS_SUFFIX, is_path  # noqa: PLC0415 - only here

    suffix = TESTS_SUFFIX if kind == "tests" else ".yaml"
    file = Path() if path is None or path == SCREEN else Path(path)
    if not file.is_dir():
        return file
    if tested is not None and is_path(tested):
        beside = Path(tested) if path is None else file / Path(tested).name
        return beside.with_name(f"{beside.stem}{suffix}")
    default = tested or ("my-policy" if kind == "tests" else f"my-{kind}")
    return file / f"{(name or default).removesuffix('-tests')}{suffix}"


def _text(kind: str, name: str | None, title: str | None, tested: str | None) -> str:
    if tested is None:
        from hklint.authoring.start import start  # noqa: PLC0415 - only here

        return start(kind, name, title, datetime.now(UTC))
    from hklint.authoring.tests_start import tests_of_policy  # noqa: PLC0415 - only here

    return tests_of_policy(tested, name, title)


def _next_steps(kind: str, file: Path, *, has_schema: bool) -> str:
    steps = [step.format(file=_shown(file)) for step in _NEXT[kind]]
    if not has_schema:
        steps.insert(0, f"hklint schema --write {_shown(file.parent)}")
    note = [_MODEL_NOTE] if kind == "model" else []
    return "\n".join([f"Written: {file}", *note, "Next:", *(f"  {step}" for step in steps)])


def _shown(path: Path) -> str:
    return f'"{path}"' if " " in str(path) else str(path)
