"""Measures everything in one run, on one machine, and prints it; nothing is asserted."""

import os
import platform

import click

from benchmarks import asking, fixing, judging, loading, reports, starting

BENCHMARKS = {
    "loading": loading.run,  # first, while nothing is loaded yet
    "judging": judging.run,
    "fixing": fixing.run,
    "starting": starting.run,
    "asking": asking.run,
    "reports": reports.run,
}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(BENCHMARKS)), metavar="[NAME]...")
@click.option("--quick", is_flag=True, help="Fewer rounds: rough figures in a quarter of the time.")
def main(names: tuple[str, ...], *, quick: bool) -> None:
    """Prints how fast hklint is; without NAME everything."""
    version = f"{platform.python_implementation()} {platform.python_version()}"
    click.echo(f"{version}, {platform.system()}, {os.cpu_count()} cores")
    for name, run in BENCHMARKS.items():
        if not names or name in names:
            run(quick=quick)


if __name__ == "__main__":
    main()
