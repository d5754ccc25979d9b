"""TLS clients in Wine's Schannel: what the tables say of two values, against real handshakes.

A server of OpenSSL's speaks one version; a client under Wine tries it, once naming no version and
once that one. Wine's own defaults are not those of Windows, so only states that do not rest on them
are compared. It has no TLS 1.3 and never reads a server's values.
"""

import contextlib
import itertools
import shutil
import socket
import ssl
import threading
import warnings
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from typing import NamedTuple

import pytest

from hklint.fact import Absent, Fact, HostField, Observation, Present, RegistryValue
from hklint.judging.evaluate import judge
from hklint.judging.table import evaluate
from hklint.lab.wire import CertificateAuthority, TlsFiles
from hklint.linking.bind import bind
from hklint.linking.library import Library
from hklint.policy import Policy
from hklint.reg_file.entries import CreateKey, DeleteKey, Entry, SetValue
from hklint.reg_file.paths import key_of
from hklint.reg_file.write import write
from hklint.snapshot import Snapshot
from hklint.verdict import Outcome

pytestmark = [
    pytest.mark.wine,
    pytest.mark.skipif(
        shutil.which("wine") is None or shutil.which("x86_64-w64-mingw32-gcc") is None,
        reason="needs Wine and gcc-mingw-w64-x86-64: run `make test-wine`",
    ),
]

KEY = "SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols"
MASKS = {"TLS 1.0": 0x80, "TLS 1.1": 0x200, "TLS 1.2": 0x800}
"""The client's side of each protocol (schannel.h)."""
VERSIONS = {
    "TLS 1.0": ssl.TLSVersion.TLSv1,
    "TLS 1.1": ssl.TLSVersion.TLSv1_1,
    "TLS 1.2": ssl.TLSVersion.TLSv1_2,
}
SETTINGS = tuple(itertools.product((None, 0, 1, 0xFFFFFFFF), repeat=2))
"""What Enabled and DisabledByDefault are."""
STEPS = {"TLS 1.0": 0, "TLS 1.1": 5, "TLS 1.2": 11}
"""In each round the three protocols are set differently, as far apart as this."""
GETS = {"usable": (True, True), "on-request": (False, True), "blocked": (False, False)}
"""Whether a program gets the protocol that names none, and one that names it."""
BUILDS = (14393, 7601)
"""TLS 1.1 and 1.2 are usable by default on the one, on request on the other."""
WRONG_TYPES = (
    (Present("REG_SZ", "1"), "blocked"),
    (Present("REG_SZ", "0"), "blocked"),
    (Present("REG_BINARY", "01000000"), "blocked"),
    (Present("REG_BINARY", "00000000"), "blocked"),
    (Present("REG_QWORD", 1), "usable"),
    (Present("REG_QWORD", 0), "usable"),
)
"""An Enabled of another type, and what Wine makes of it."""

Values = Mapping[Fact, Observation]
Hosts = Callable[[Values], Snapshot]
Gets = tuple[bool, bool]


class Server(NamedTuple):
    """A server of one version: its port, and the version of each handshake that it finished."""

    port: int
    finished: list[str | None]


def _serve(protocol: str, files: TlsFiles, stack: contextlib.ExitStack) -> Server:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = VERSIONS[protocol]
    listening = socket.create_server(("127.0.0.1", 0))
    server = Server(listening.getsockname()[1], [])

    def answer() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            connection.settimeout(10)
            with connection, contextlib.suppress(OSError):
                secured = context.wrap_socket(connection, server_side=True)
                server.finished.append(secured.version())
                secured.close()

    thread = threading.Thread(target=answer)
    thread.start()
    stack.callback(thread.join)
    stack.callback(listening.close)
    stack.callback(listening.shutdown, socket.SHUT_RDWR)
    return server


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Generator[dict[str, Server]]:
    authority = CertificateAuthority(tmp_path_factory.mktemp("authority"))
    files = authority.issue("host.example", names=["host.example"])
    with contextlib.ExitStack() as stack:
        yield {protocol: _serve(protocol, files, stack) for protocol in MASKS}


@pytest.fixture(scope="module")
def got(
    states: Callable[..., object], client: Callable[..., str], servers: dict[str, Server]
) -> Callable[[Values], dict[str, Gets]]:
    """With these values and no others: what clients get that name no version, and that name it."""

    def ask(values: Values) -> dict[str, Gets]:
        states([write(_entries(values))])
        for server in servers.values():
            server.finished.clear()
        wanted = [
            (server.port, mask)
            for protocol, server in servers.items()
            for mask in (0, MASKS[protocol])
        ]
        output = client(*(part for port, mask in wanted for part in (str(port), f"{mask:x}")))
        lines = [line.split() for line in output.splitlines()]
        assert [(int(port), int(mask, 16)) for port, mask, _, _ in lines] == wanted
        assert {outcome for _, _, outcome, _ in lines} <= {"done", "failed", "refused"}
        assert {line[0]: int(line[3], 16) for line in lines if line[2] == "done"} == {
            str(server.port): MASKS[protocol]
            for protocol, server in servers.items()
            if server.finished
        }
        done = Counter(int(port) for port, _, outcome, _ in lines if outcome == "done")
        for protocol, server in servers.items():
            version = VERSIONS[protocol].name.replace("_", ".")
            assert server.finished == [version] * done[server.port]
        named, default = lines[1::2], lines[::2]
        return {
            protocol: (one[2] == "done", other[2] == "done")
            for protocol, one, other in zip(servers, default, named, strict=True)
        }

    return ask


def _fact(protocol: str, name: str) -> RegistryValue:
    return RegistryValue("HKLM", f"{KEY}\\{protocol}\\Client", name)


def _values(protocol: str, numbers: tuple[int | None, int | None]) -> Values:
    return {
        _fact(protocol, name): Absent("value") if number is None else Present("REG_DWORD", number)
        for name, number in zip(("Enabled", "DisabledByDefault"), numbers, strict=True)
    }


def _entries(values: Values) -> Generator[Entry]:
    for protocol in ("SSL 2.0", "SSL 3.0", *MASKS):
        key = key_of(_fact(protocol, "Enabled"))
        yield DeleteKey(key)
        yield CreateKey(key)
        if protocol not in MASKS:
            yield SetValue(key, "Enabled", Present("REG_DWORD", 0))
    for fact, seen in values.items():
        assert isinstance(fact, RegistryValue)
        if isinstance(seen, Present):
            yield SetValue(key_of(fact), fact.value, seen)


def _said(protocol: str, values: Values, library: Library, host_with: Hosts) -> frozenset[str]:
    """The states that the table has, on Windows of either default."""
    table = bind(library.models["schannel-protocol"], {"protocol": protocol, "role": "Client"})
    return frozenset[str]().union(
        *(
            evaluate(table, host_with({HostField("build"): Present("integer", build), **values}))
            .states
            for build in BUILDS
        )
    )  # fmt: skip


def _rounds() -> dict[str, dict[str, tuple[int | None, int | None]]]:
    rounds: dict[str, dict[str, tuple[int | None, int | None]]] = {}
    for number in range(len(SETTINGS)):
        setting = {
            protocol: SETTINGS[(number + step) % len(SETTINGS)] for protocol, step in STEPS.items()
        }
        name = ", ".join(f"{protocol} {one} {two}" for protocol, (one, two) in setting.items())
        rounds[name] = setting
    return rounds


def _comparable(said: frozenset[str]) -> bool:
    return len(said) == 1 and said <= GETS.keys()


@pytest.mark.parametrize("protocol", MASKS)
def test_each_state_is_compared(protocol: str, shipped: Library, host_with: Hosts) -> None:
    """And only few settings are left out, of which the tables say nothing certain."""
    said = {each: _said(protocol, _values(protocol, each), shipped, host_with) for each in SETTINGS}
    assert {state for states in said.values() if _comparable(states) for state in states} == {*GETS}
    left_out = {each for each, states in said.items() if not _comparable(states)}
    rest_on_default = {(None, None), (None, 0), (1, None), (0xFFFFFFFF, None)}
    assert left_out <= rest_on_default


@pytest.mark.parametrize("name", _rounds())
def test_the_states_are_what_a_client_gets(
    name: str,
    shipped: Library,
    host_with: Hosts,
    got: Callable[[Values], dict[str, Gets]],
) -> None:
    """The protocols are set side by side, so that a version is also left out between two others."""
    values: Values = {}
    expected: dict[str, Gets] = {}
    for protocol, numbers in _rounds()[name].items():
        own = _values(protocol, numbers)
        values = {**values, **own}
        said = _said(protocol, own, shipped, host_with)
        if _comparable(said):
            (state,) = said
            expected[protocol] = GETS[state]
    found = got(values)
    assert {protocol: found[protocol] for protocol in expected} == expected


@pytest.mark.parametrize("numbers", [(0, 0), (1, 1)])
def test_a_state_that_is_not_the_hosts_is_noticed(
    numbers: tuple[int, int],
    shipped: Library,
    host_with: Hosts,
    got: Callable[[Values], dict[str, Gets]],
) -> None:
    """The table is asked about Enabled = 1 and DisabledByDefault = 0, and Wine has others."""
    found = got({fact: seen for each in MASKS for fact, seen in _values(each, numbers).items()})
    for protocol in MASKS:
        (said,) = _said(protocol, _values(protocol, (1, 0)), shipped, host_with)
        assert found[protocol] != GETS[said]


@pytest.mark.parametrize(("seen", "made_of_it"), WRONG_TYPES, ids=str)
def test_a_wrong_type_is_unknown_whatever_wine_makes_of_it(
    seen: Present,
    made_of_it: str,
    shipped: Library,
    store_policy: Policy,
    host_with: Hosts,
    got: Callable[[Values], dict[str, Gets]],
) -> None:
    """What Windows makes of it is not documented, so there is no state and no pass."""
    values: Values = {
        **_values("TLS 1.2", (None, 0)),
        _fact("TLS 1.2", "Enabled"): seen,
    }
    assert got(values)["TLS 1.2"] == GETS[made_of_it]
    assert len(_said("TLS 1.2", values, shipped, host_with)) > 1
    host = {HostField("build"): Present("integer", 14393), **values}
    verdicts = {item.rule.info.id: item.outcome for item in judge(store_policy, host_with(host))}
    assert verdicts["tls-1.2-client-usable"] is Outcome.UNKNOWN


def test_a_server_of_another_version_gets_no_client(
    got: Callable[[Values], dict[str, Gets]], client: Callable[..., str], servers: dict[str, Server]
) -> None:
    """A client that names another version than the server's begins the handshake and fails."""
    got({fact: seen for each in MASKS for fact, seen in _values(each, (1, 0)).items()})
    pairs = [(mine, other) for mine in MASKS for other in MASKS if mine != other]
    output = client(
        *(part for mine, other in pairs
          for part in (str(servers[mine].port), f"{MASKS[other]:x}"))
    )  # fmt: skip
    assert [line.split()[2] for line in output.splitlines()] == ["failed"] * len(pairs)
