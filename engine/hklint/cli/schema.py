"""hklint schema: the JSON Schemas of documents, and of the JSON that hklint writes."""

import json
from pathlib import Path
from typing import Any

import click

from hklint.cli.output import atomic
from hklint.exit_code import Exit

REPORT = "report"
COMPARISON = "comparison"
READABLE = 0o644
"""A schema is no evidence: everybody may read it."""

EXAMPLES = """\b
Example: complete and check a policy while you type. Write the schemas once:
  hklint schema --write .
and begin your policy with the line, as `hklint new` does:
  # yaml-language-server: $schema=policy.json
"""


@click.command("schema", epilog=EXAMPLES)
@click.argument(
    "kind",
    type=click.Choice(["policy", "model", "profile", "waivers", "tests", REPORT, COMPARISON]),
    required=False,
)
@click.option(
    "--write",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Write the schemas of all documents into this folder instead.",
)
def schema_command(kind: str | None, folder: Path | None) -> int:
    """Print the JSON Schema of a kind of document, for editors, or of JSON that hklint writes."""
    from hklint.language import DOCUMENTS  # noqa: PLC0415 - only here

    if folder is None and kind is None:
        raise click.UsageError("name a kind, such as policy, or a folder with --write")
    if folder is None and kind is not None:
        click.echo(json.dumps(_schema(kind), indent=2))
        return Exit.PASSED
    assert folder is not None
    for name in DOCUMENTS:
        file = folder / f"{name}.json"
        with atomic(file) as stream:
            stream.write(json.dumps(_schema(name), indent=2) + "\n")
        file.chmod(READABLE)
        click.echo(f"Written: {file}")
    return Exit.PASSED


def _schema(kind: str) -> dict[str, Any]:
    if kind == COMPARISON:
        from hklint_reports.comparison.schema import json_schema as of_diff  # noqa: PLC0415 - the same

        return of_diff()
    if kind == REPORT:
        from hklint_reports.json_document.schema import json_schema  # noqa: PLC0415 - only here

        return json_schema()
    from hklint.language.schema import json_schema as of_documents  # noqa: PLC0415 - only here

    return of_documents(kind)
