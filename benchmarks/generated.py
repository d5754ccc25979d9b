"""Policies of any size, and the lab host that they are about."""

from collections.abc import Iterator
from pathlib import Path

VALUES_A_KEY = 10

_POLICY = """\
kind: policy
id: {policy_id}
title: {count} registry values are as they should be
version: 1.0.0
rules:
"""
_RULE = """\
  - id: value-{number}
    title: Value{number} is set
    severity: medium
    expect:
      registry: {key}
      value: Value{number}
      type: REG_DWORD
      equals: 1
      absent: fail
      restart: computer
    why: A program would do without what this value switches on.
"""
_HOST = """\
about: it has {count} values, and every other one is wrong.
name: EX01
domain: lab.example
domain_role: 3
product: Windows Server 2016 Standard
build: 14393
edition: ServerStandard
installation_type: Server
dotnet_release: 528049
exchange_version: 15.1.2507.6
powershell: 5.1.14393.7426
accounts: {{'LAB\\audit': 'Lab-audit-1'}}
names: {{appsource.microsoft.com: store}}
registry:
  64-bit:
"""


def write_policy(folder: Path, count: int) -> Path:
    """Writes a policy of `count` rules, each about a registry value of its own."""
    file = folder / f"rules-{count}.yaml"
    rules = (_RULE.format(number=number, key=_key(number)) for number in range(count))
    file.write_text(
        _POLICY.format(policy_id=file.stem, count=count) + "".join(rules), encoding="utf-8"
    )
    return file


def write_host(folder: Path, count: int) -> Path:
    """Writes the host file of a host that has the values of `write_policy`, half of them wrong."""
    file = folder / f"values-{count}.yaml"
    text = _HOST.format(count=count) + "".join(_keys(count))
    file.write_text(text, encoding="utf-8")
    return file


def _keys(count: int) -> Iterator[str]:
    for number in range(count):
        if number % VALUES_A_KEY == 0:
            yield f"    {_key(number)}:\n"
        yield f"      Value{number}: {number % 2}\n"


def _key(number: int) -> str:
    return rf"HKLM\SOFTWARE\Contoso\Baseline\Part{number // VALUES_A_KEY}"
