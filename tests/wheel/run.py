"""Builds hklint as it is published and tries the wheel where the sources can't be seen.

`make wheel-test` runs it. It needs the package index: it builds in isolated environments, as pip
does, and installs into a fresh virtual environment. It says what it does and ends with exit code 1
and one message at the first thing that is wrong.
"""

import hashlib
import json
import os
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from packaging.metadata import Metadata

ROOT = Path(__file__).parents[2]
PLACES = {
    "hklint": ROOT / "engine" / "hklint",
    "hklint_reports": ROOT / "reports" / "hklint_reports",
    "hklint/policies": ROOT / "policies",
}
"""Where the wheel's folders come from."""
WHEEL_NEEDS = (
    "hklint/py.typed",
    "hklint/collector/collector.ps1",
    "hklint/collector/request.schema.json",
    "hklint/collector/answer.schema.json",
    "hklint/policies/exchange/store-addins.yaml",
    "hklint/policies/exchange/store-addins.tests.yaml",
    "hklint/policies/models/schannel-protocol.yaml",
    "hklint/authoring/templates/policy.yaml",
    "hklint/lab/hosts/ex2016-blocked.yaml",
    "hklint/failure_pages/timed-out.md",
    "hklint/jea/templates/README.md",
    "hklint/policies/allowed-urls.txt",
    "hklint_reports/html/assets/page.html",
    "hklint_reports/html/assets/page.css",
    "hklint_reports/html/assets/main.js",
    "hklint_reports/py.typed",
)
SDIST_NEEDS = ("Makefile", "README.md", "LICENSE", "pyproject.toml", "tests/conftest.py", ".ci/run")
DEMO_LEAVES = {"fix.reg", "rollback.reg"} | {
    f"{step}{ending}"
    for step in ("1-before", "2-merged", "3-restarted")
    for ending in (".html", ".jsonl", ".xml", ".sarif")
}
WHERE = """
import json, sys, hklint, hklint_reports
from hklint import collector
from hklint.linking.library import shipped_folder
print(json.dumps({
    "places": [hklint.__file__, hklint_reports.__file__, str(shipped_folder())],
    "path": sys.path, "version": hklint.__version__, "collector": collector.sha256(),
}))
"""


class WheelTestError(Exception):
    """What is wrong with the wheel, for whoever runs the test."""


class Installed:
    """A virtual environment outside the sources, and an empty folder to run its programs in."""

    def __init__(self, folder: Path) -> None:
        self.environment = folder / "venv"
        self.empty = folder / "empty"
        self.empty.mkdir()
        venv.create(self.environment, with_pip=True)
        scripts = self.environment / ("Scripts" if os.name == "nt" else "bin")
        self.python = str(scripts / "python")
        self.hklint = str(scripts / "hklint")

    def install(self, requirement: str) -> None:
        constraints = ROOT / "constraints.txt"
        pinned = ["--constraint", str(constraints)] if constraints.exists() else []
        pip = [self.python, "-m", "pip"]
        quiet = ["--quiet", "--disable-pip-version-check"]
        self.run(*pip, "install", *quiet, *pinned, requirement)
        self.run(*pip, "check", *quiet)

    def run(self, *command: str, expect: int = 0, password: str = "") -> str:
        """What a command printed, both streams together; it has to end with this exit code."""
        return run(*command, expect=expect, cwd=self.empty, variables={"HKLINT_PASSWORD": password})


def main() -> None:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hklint-wheel-") as name:
        folder = Path(name)
        wheel = build_and_compare(folder)
        check_contents(wheel)
        version = check_metadata(wheel)
        installed = Installed(folder)
        say("Installing the wheel alone")
        installed.install(str(wheel))
        check_where(installed, version)
        try_commands(installed, version)
        try_demo(installed)
    say(f"The wheel works ({time.monotonic() - begun:.0f} s)")


def build_and_compare(folder: Path) -> Path:
    """The wheel from the sources, equal to the one from the source distribution."""
    from_sdist, from_tree = folder / "from-sdist", folder / "from-tree"
    say("Building the sdist, and a wheel from it")
    run(sys.executable, "-m", "build", "--outdir", str(from_sdist), str(ROOT), cwd=folder)
    say("Building a wheel from the tree")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", str(from_tree), str(ROOT), cwd=folder)
    wheel, twin = only(from_tree, "*.whl"), only(from_sdist, "*.whl")
    if differing := differences(contents(wheel), contents(twin)):
        raise WheelTestError(f"the wheels from sdist and tree differ in: {', '.join(differing)}")
    sdist = only(from_sdist, "*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {str(PurePosixPath(*PurePosixPath(name).parts[1:])) for name in archive.getnames()}
    if missing := set(SDIST_NEEDS) - names:
        raise WheelTestError(f"{sdist.name} lacks {', '.join(sorted(missing))}")
    say(f"  {sdist.name} has {len(names)} files, {wheel.name} has {len(contents(wheel))}")
    return wheel


def check_contents(wheel: Path) -> None:
    """Exactly the files of the source folders, with exactly their bytes."""
    found = {name: data for name, data in contents(wheel).items() if ".dist-info/" not in name}
    expected = {
        f"{place}/{file.relative_to(folder).as_posix()}": file.read_bytes()
        for place, folder in PLACES.items()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    if differing := differences(found, expected):
        raise WheelTestError(f"the wheel and the tree differ in: {', '.join(differing)}")
    if missing := [name for name in WHEEL_NEEDS if name not in found]:
        raise WheelTestError(f"the wheel lacks {', '.join(missing)}")
    parts = {name: set(PurePosixPath(name).parts) for name in found}
    if tests := [name for name in found if "tests" in parts[name] or "/test_" in name]:
        raise WheelTestError(f"the wheel has tests in it: {', '.join(tests)}")
    say(f"  {len(found)} files, the same as in the tree, and no tests")


def check_metadata(wheel: Path) -> str:
    """Metadata that an index takes; gives the version."""
    files = contents(wheel)
    info = next(name.split("/")[0] for name in files if name.endswith(".dist-info/METADATA"))
    try:
        metadata = Metadata.from_email(files[f"{info}/METADATA"], validate=True)
    except ExceptionGroup as mistakes:
        words = "; ".join(map(str, mistakes.exceptions))
        raise WheelTestError(f"an index would refuse the metadata: {words}") from None
    if f"{info}/licenses/LICENSE" not in files:
        raise WheelTestError("the wheel has no LICENSE")
    if metadata.license_expression != "Apache-2.0":
        raise WheelTestError(f"the licence is {metadata.license_expression}, not Apache-2.0")
    if metadata.description_content_type != "text/markdown" or not metadata.description:
        raise WheelTestError("the description is not the README as Markdown")
    if metadata.description.strip() != (ROOT / "README.md").read_text("utf-8").strip():
        raise WheelTestError("the description is not the whole README")
    if absent := {"kerberos", "keyring"} - set(metadata.provides_extra or ()):
        raise WheelTestError(f"the extras {', '.join(absent)} are missing")
    say(f"  metadata of {metadata.name} {metadata.version} is valid, with README and licence")
    return str(metadata.version)


def check_where(installed: Installed, version: str) -> None:
    """Everything comes from site-packages, and the collector is that of the sources."""
    seen = json.loads(installed.run(installed.python, "-c", WHERE))
    strangers = [place for place in seen["places"] if "site-packages" not in Path(place).parts]
    strangers += [place for place in seen["path"] if Path(place).is_relative_to(ROOT)]
    if strangers:
        raise WheelTestError(f"not from the installed wheel: {', '.join(strangers)}")
    if seen["version"] != version:
        raise WheelTestError(f"hklint says {seen['version']}, its metadata {version}")
    if seen["collector"] != source_hash():
        raise WheelTestError("the collector is another than in the sources: its hash differs")
    say("  hklint, hklint_reports and the policies come from site-packages")


def try_commands(installed: Installed, version: str) -> None:
    """What works without a host."""
    hklint = installed.hklint
    needs(installed.run(hklint, "--version"), version)
    needs(installed.run(hklint, "lint"), "no mistakes")
    needs(installed.run(hklint, "test", "--min-coverage", "100"), "every test passed")
    needs(installed.run(hklint, "explain", "exchange-store-addins"), "store-reachable")
    needs(installed.run(hklint, "explain", "schannel-protocol"), "DisabledByDefault")
    needs(installed.run(hklint, "schema", "policy"), "https://json-schema.org/draft/2020-12/schema")
    needs(installed.run(hklint, "new", "policy", "-"), "kind: policy")
    needs(installed.run(hklint, "explain", "connection-refused"), "Enable-PSRemoting")
    needs(
        installed.run(hklint, "new", "tests", "-", "--policy", "exchange-store-addins"),
        "every: pass",
    )
    target = f"psrp://LAB%5Caudit@127.0.0.1:{closed_port()}"
    gate = (hklint, "gate", target, "--policy", "exchange-store-addins")
    needs(installed.run(*gate, expect=4, password="wrong"), "127.0.0.1")
    if left := [path.name for path in installed.empty.iterdir()]:
        raise WheelTestError(f"commands that write no files left {', '.join(left)}")
    say("  --version, lint, test, explain, schema and gate work")


def try_demo(installed: Installed) -> None:
    """The whole story, and reports made from what it left."""
    hklint, left = installed.hklint, installed.empty / "hklint-demo"
    installed.run(hklint, "demo")
    files = {path.name for path in left.iterdir() if path.stat().st_size}
    if missing := DEMO_LEAVES - files:
        raise WheelTestError(f"the demo did not leave {', '.join(sorted(missing))}")
    run_file = left / "1-before.jsonl"
    needs(run_file.read_text("utf-8"), source_hash())
    report = (hklint, "report", str(run_file), "--output")
    installed.run(*report, "again.sarif", "--format", "sarif")
    installed.run(*report, "again.xml", "--format", "junit")
    for again in ("again.sarif", "again.xml"):
        if (installed.empty / again).read_bytes() != (left / f"1-before{again[5:]}").read_bytes():
            raise WheelTestError(f"{again}, made by `hklint report`, differs from the demo's own")
    needs(installed.run(hklint, "lab", "hosts"), "ex2016-blocked")
    say(f"  demo opened the gate and left {len(files)} files; report reads them")


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def differences(left: Mapping[str, bytes], right: Mapping[str, bytes]) -> list[str]:
    return sorted(name for name in left.keys() | right.keys() if left.get(name) != right.get(name))


def only(folder: Path, pattern: str) -> Path:
    found = list(folder.glob(pattern))
    if len(found) != 1:
        raise WheelTestError(f"the build made {len(found)} files {pattern}, not one")
    return found[0]


def source_hash() -> str:
    return hashlib.sha256(
        (PLACES["hklint"] / "collector" / "collector.ps1").read_bytes()
    ).hexdigest()


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def run(
    *command: str, cwd: Path, expect: int = 0, variables: Mapping[str, str] | None = None
) -> str:
    """What a command printed; without what could lead Python back to the sources."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    kept.pop("VIRTUAL_ENV", None)
    done = subprocess.run(  # noqa: S603 - the interpreter and hklint
        command,
        cwd=cwd,
        env={**kept, "PYTHONUTF8": "1", **(variables or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    if done.returncode != expect:
        shown = " ".join(
            Path(command[0]).name if not index else word for index, word in enumerate(command)
        )
        raise WheelTestError(
            f"exit code {done.returncode} instead of {expect}: {shown}\n{done.stdout[-3000:]}"
        )
    return done.stdout


def needs(text: str, wanted: str) -> None:
    if wanted not in text:
        raise WheelTestError(f"{wanted!r} is not in:\n{text[-3000:]}")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main()
    except WheelTestError as problem:
        sys.exit(f"The wheel test FAILED: {problem}")
