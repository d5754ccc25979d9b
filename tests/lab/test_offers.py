"""What the lab's Windows offers: Schannel's defaults and values, and .NET's choice."""

from collections.abc import Callable
from typing import Any, get_args

import pytest

from hklint.fact import View
from hklint.lab import dotnet, schannel
from hklint.lab.dotnet import Process, Target
from hklint.lab.host_file import Host
from hklint.lab.registry import Registry, parse_path
from hklint.lab.schannel import Protocol, Support
from hklint.lab.windows import install

MakeHost = Callable[[dict[str, Any]], Host]
PROTOCOLS = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
CLIENT = rf"{PROTOCOLS}\TLS 1.2\Client"
DOTNET = r"HKLM\SOFTWARE\Microsoft\.NETFramework\v4.0.30319"
BUILDS = {"usable": 14393, "on_request": 7601}
OLD = Process("none", 64, 528040)


@pytest.mark.cases("defaults")
def test_defaults(case: dict[str, Any]) -> None:
    found = {
        protocol: schannel.default_support(case["build"], protocol, "Client")
        for protocol in Protocol
    }
    wanted = {
        **dict.fromkeys(Protocol, Support.UNSUPPORTED),
        **{Protocol(name): Support.USABLE for name in case["usable"]},
        **{Protocol(name): Support.ON_REQUEST for name in case["on_request"]},
    }
    assert found == wanted


def test_only_old_servers_accept_ssl_2() -> None:
    assert schannel.default_support(7601, Protocol.SSL2, "Server") is Support.USABLE
    assert schannel.default_support(9200, Protocol.SSL2, "Server") is Support.ON_REQUEST


@pytest.mark.cases("combinations")
@pytest.mark.parametrize("default", ["usable", "on_request"])
def test_combinations(case: dict[str, Any], default: str, make_host: MakeHost) -> None:
    registry = install(make_host({"registry": {"64-bit": {CLIENT: case["values"]}}}))
    build = BUILDS[default]
    assert schannel.support(registry, build, Protocol.TLS12, "Client") == case[default]
    guesses = schannel.guesses(registry, build, Protocol.TLS12, "Client")
    assert bool(guesses) == (default in case.get("guess", []))


def test_values_add_no_version_to_an_old_windows(make_host: MakeHost) -> None:
    values = {rf"{PROTOCOLS}\TLS 1.3\Client": {"Enabled": 1, "DisabledByDefault": 0}}
    registry = install(make_host({"registry": {"64-bit": values}}))
    found = schannel.support(registry, 14393, Protocol.TLS13, "Client")
    assert found is Support.UNSUPPORTED


def test_roles_are_independent(make_host: MakeHost) -> None:
    registry = install(make_host({"registry": {"64-bit": {CLIENT: {"Enabled": 0}}}}))
    assert schannel.support(registry, 14393, Protocol.TLS12, "Server") is Support.USABLE


def test_naming_passes_over_the_default_but_not_over_a_block(make_host: MakeHost) -> None:
    values = {CLIENT: {"DisabledByDefault": 1}, rf"{PROTOCOLS}\TLS 1.1\Client": {"Enabled": 0}}
    registry = install(make_host({"registry": {"64-bit": values}}))
    named = frozenset((Protocol.TLS11, Protocol.TLS12))
    assert schannel.offered(registry, 14393, "Client", named) == {Protocol.TLS12}
    assert schannel.offered(registry, 14393, "Client", None) == {Protocol.TLS10}


@pytest.mark.parametrize("build", [25398, 26200])
def test_unlisted_builds_are_guesses(build: int) -> None:
    assert schannel.guesses(Registry(), build, Protocol.TLS12, "Client")
    assert not schannel.guesses(Registry(), 14393, Protocol.TLS12, "Client")


@pytest.mark.cases("dotnet")
@pytest.mark.parametrize("target", get_args(Target))
@pytest.mark.parametrize("view", get_args(View))
def test_dotnet_default(
    case: dict[str, Any], target: Target, view: View, make_host: MakeHost
) -> None:
    registry = install(make_host({"registry": {view: {DOTNET: case["values"]}}}))
    process = Process(target, 64 if view == "64-bit" else 32, 528040)
    assert dotnet.default_protocols(registry, process) == case[target]
    assert bool(dotnet.guesses(registry, process)) == case.get("guess", False)


def test_a_process_reads_its_own_view(make_host: MakeHost) -> None:
    registry = install(make_host({"registry": {"32-bit": {DOTNET: {"SchUseStrongCrypto": 1}}}}))
    assert dotnet.default_protocols(registry, OLD) == 240


def test_runtimes_before_4_8_leave_tls_1_3_out(make_host: MakeHost) -> None:
    registry = install(make_host({"registry": {"64-bit": {DOTNET: {"SchUseStrongCrypto": 1}}}}))
    assert dotnet.default_protocols(registry, Process("none", 64, 461814)) == 4032


def test_a_denied_key_acts_like_a_missing_one(make_host: MakeHost) -> None:
    values = {"64-bit": {DOTNET: {"SystemDefaultTlsVersions": 1}}}
    registry = install(make_host({"registry": values, "denied": {"64-bit": [DOTNET]}}))
    assert registry.is_denied(parse_path(DOTNET))
    assert dotnet.default_protocols(registry, OLD) == 240


def test_ways_change_the_process_for_the_request_alone(make_host: MakeHost) -> None:
    registry = install(make_host({}))
    tls12 = dotnet.offer(registry, 14393, OLD, "tls12")
    assert (tls12.before, tls12.during) == (240, 3072)
    assert tls12.protocols == {Protocol.TLS12}
    system = dotnet.offer(registry, 14393, OLD, "system-default")
    assert (system.during, len(system.protocols)) == (0, 3)
    default = dotnet.offer(registry, 14393, OLD, "default")
    assert default.protocols == {Protocol.SSL3, Protocol.TLS10}


def test_windows_powershell_changes_with_server_2019() -> None:
    assert dotnet.windows_powershell(14393, 528040).target == "none"
    assert dotnet.windows_powershell(17763, 528040).target == "4.7"
    assert dotnet.is_documented(14393)
    assert not dotnet.is_documented(17763)
