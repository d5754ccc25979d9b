"""hklint completion: the script that completes commands in a shell."""

import click
from click.shell_completion import get_completion_class

from hklint.exit_code import Exit

EXAMPLES = """\b
Examples:
  hklint completion bash > ~/.local/share/bash-completion/completions/hklint
  hklint completion zsh > ~/.zfunc/_hklint
  hklint completion fish > ~/.config/fish/completions/hklint.fish
"""


@click.command("completion", epilog=EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion_command(ctx: click.Context, shell: str) -> int:
    """Print the script that completes hklint's commands and options in a shell."""
    completion = get_completion_class(shell)
    assert completion is not None
    root = ctx.find_root().command
    click.echo(completion(root, {}, "hklint", "_HKLINT_COMPLETE").source())
    return Exit.PASSED
