"""Options that several commands share, and what is made of them."""

import ssl
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hklint.errors import UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from hklint.fleet import Recorded
    from hklint.linking.library import Library
    from hklint.sources import Options
    from hklint.target import HostTarget, Target

Command = Callable[..., Any]

DEFAULT_DEADLINE = 90.0
DEFAULT_CONNECT_TIMEOUT = 10.0
DEFAULT_REQUEST_TIMEOUT = 30.0
DEFAULT_RETRIES = 2
COMMAND_OPTION = "--password-command"


def _complete_ids(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> "list[CompletionItem]":
    """Ids of policies or profiles that come with hklint, or else files."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - only in a shell

    from hklint.documents.files import shipped_names  # noqa: PLC0415 - the same

    del ctx
    kind = "profile" if param.name == "profiles" else "policy"
    found = [name for name in shipped_names(kind) if name.startswith(incomplete)]
    if found:
        return [CompletionItem(name) for name in found]
    return [CompletionItem(incomplete, type="file")]


_POLICY = (
    click.option(
        "--policy",
        "-p",
        "policies",
        multiple=True,
        metavar="POLICY",
        shell_complete=_complete_ids,
        help="Id of a policy that comes with hklint, or the path of your own. Repeatable.",
    ),
    click.option(
        "--profile",
        "profiles",
        multiple=True,
        metavar="PROFILE",
        shell_complete=_complete_ids,
        help="Id of a profile that comes with hklint, or the path of your own. Repeatable.",
    ),
    click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="[POLICY.]NAME=VALUE",
        help="Set a parameter of all policies that have it, or of POLICY only. Repeatable.",
    ),
)

_CONNECTION = (
    click.option("--user", "-u", metavar="USER", help="Account: DOMAIN\\user or user@domain."),
    click.option(
        COMMAND_OPTION,
        metavar="COMMAND",
        envvar="HKLINT_PASSWORD_COMMAND",
        show_envvar=True,
        help="Prints the account's password; run without a shell. Don't write a password here.",
    ),
    click.option(
        "--auth",
        "authentication",
        type=click.Choice(["negotiate", "kerberos", "ntlm", "basic", "certificate", "credssp"]),
        default="negotiate",
        show_default=True,
        help="How to log on. Basic and certificate need psrps://; credssp gives the host your "
        "password.",
    ),
    click.option(
        "--spn",
        metavar="SERVICE/HOST",
        help="Kerberos: ask for a ticket to this name instead of HOST/target.",
    ),
    click.option(
        "--delegate",
        is_flag=True,
        help="Kerberos: let the host act as the account elsewhere. Nothing of hklint needs it.",
    ),
    click.option(
        "--ca",
        "ca_file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Trust this CA (PEM) for psrps:// instead of the system's.",
    ),
    click.option(
        "--client-certificate",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Certificate (PEM) for --auth certificate.",
    ),
    click.option(
        "--client-key",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Private key (PEM) for --auth certificate.",
    ),
    click.option(
        "--proxy",
        metavar="URL",
        help="HTTP proxy on the way to psrps:// targets (http://host:port).",
    ),
    click.option(
        "--configuration",
        metavar="NAME",
        default="Microsoft.PowerShell",
        show_default=True,
        help="Session configuration (endpoint) on the host.",
    ),
    click.option(
        "--ssh-subsystem",
        metavar="NAME",
        default="powershell",
        show_default=True,
        help="Subsystem of the host's sshd, for ssh:// targets.",
    ),
    click.option(
        "--ssh-config",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Configuration of ssh instead of the user's and the system's (ssh -F).",
    ),
    click.option(
        "--deadline",
        type=click.FloatRange(min=1, max=3600),
        metavar="SECONDS",
        default=DEFAULT_DEADLINE,
        show_default=True,
        help="Time for one host, everything included.",
    ),
    click.option(
        "--connect-timeout",
        type=click.FloatRange(min=0.1, max=600),
        metavar="SECONDS",
        default=DEFAULT_CONNECT_TIMEOUT,
        show_default=True,
        help="Time for making a connection.",
    ),
    click.option(
        "--request-timeout",
        type=click.FloatRange(min=1, max=600),
        metavar="SECONDS",
        default=DEFAULT_REQUEST_TIMEOUT,
        show_default=True,
        help="Time for the host to answer one message.",
    ),
    click.option(
        "--retries",
        type=click.IntRange(min=0, max=10),
        metavar="NUMBER",
        default=DEFAULT_RETRIES,
        show_default=True,
        help="How often a host that has answered nothing is tried again, within the deadline.",
    ),
    click.option(
        "--allow-unencrypted",
        multiple=True,
        metavar="HOST",
        help="Let this host see the password in clear: Basic over http. Repeatable.",
    ),
    click.option(
        "--allow-url",
        multiple=True,
        metavar="URL|@FILE",
        help=(
            "Let policies have hosts request this, beside what the shipped ones ask for: "
            "https://HOST, https://*.DOMAIN, or a file of these. Repeatable."
        ),
    ),
    click.option(
        "--verbose", "-v", count=True, help="Say more; -vv logs what happens on the wire."
    ),
)


def policy_options(command: Command) -> Command:
    """Which policies and profiles, with which parameters."""
    return apply_options(_POLICY, command)


def load_library(given: Mapping[str, Any]) -> "Library":
    """What the policy options ask for. Raises click's UsageError if that is nothing."""
    from hklint.linking.library import load  # noqa: PLC0415 - only commands that judge
    from hklint.linking.parameters import parse_settings  # noqa: PLC0415 - the same

    if not given["policies"] and not given["profiles"]:
        raise click.UsageError("name what to judge by: a --policy, a --profile, or several of them")
    return load(given["policies"], parse_settings(given["settings"]), given["profiles"])


def connection_options(command: Command) -> Command:
    """How hosts are reached."""
    return apply_options(_CONNECTION, command)


def connection(**given: Any) -> "Options":  # noqa: ANN401 - click hands options over by name
    """What the connection options say, with the password sources ready. Raises UsageError."""
    from hklint.cli.allowed_urls import allowed_urls  # noqa: PLC0415 - asks hosts
    from hklint.credentials import passwords_of_this_process  # noqa: PLC0415 - the same
    from hklint.sources import Options  # noqa: PLC0415 - the same
    from hklint.sources.options import parse_spn  # noqa: PLC0415 - the same

    if given["ca_file"] is not None:
        _check_ca(given["ca_file"])
    return Options(
        passwords=passwords_of_this_process(given["password_command"]),
        user=given["user"],
        authentication=given["authentication"],
        ca_file=given["ca_file"],
        certificate_file=given["client_certificate"],
        certificate_key_file=given["client_key"],
        spn=parse_spn(given["spn"]),
        delegate=given["delegate"],
        proxy=given["proxy"],
        configuration=given["configuration"],
        ssh_subsystem=given["ssh_subsystem"],
        ssh_config=given["ssh_config"],
        deadline=given["deadline"],
        connect_timeout=given["connect_timeout"],
        request_timeout=given["request_timeout"],
        retries=given["retries"],
        allow_unencrypted=frozenset(given["allow_unencrypted"]),
        allowed_urls=allowed_urls(given["allow_url"]),
    )


def parse_targets(texts: Sequence[str], options: "Options") -> "list[HostTarget | Recorded]":
    """The targets named, checked as far as that goes without a connection. Raises UsageError."""
    from hklint.fleet import Recorded  # noqa: PLC0415 - only commands that ask hosts
    from hklint.sources import objection  # noqa: PLC0415 - the same
    from hklint.sources.recorded import load_snapshot  # noqa: PLC0415 - the same
    from hklint.target import SnapshotTarget, parse_target  # noqa: PLC0415 - the same

    if not texts:
        raise UsageError("no target: name a host (psrp://user@host) or a snapshot file")
    targets: list[HostTarget | Recorded] = []
    places: set[tuple[object, ...]] = set()
    for text in texts:
        target = parse_target(text)
        place = _place(target, options)
        if place in places:
            raise UsageError(f"{text}: this target is given twice")
        places.add(place)
        if isinstance(target, SnapshotTarget):
            targets.append(Recorded(target.path, load_snapshot(target.path)))
            continue
        reason = objection(target, options)
        if reason is not None:
            raise UsageError(f"{text}: {reason}")
        targets.append(target)
    return targets


def _place(target: "Target", options: "Options") -> tuple[object, ...]:
    """What makes two targets the same, however they are spelled."""
    from hklint.target import SnapshotTarget  # noqa: PLC0415 - imported by the caller already

    if isinstance(target, SnapshotTarget):
        return (Path(target.path).resolve(),)
    way = (type(target).__name__, getattr(target, "port", None), getattr(target, "tls", None))
    return target.host.casefold(), target.user or options.user, *way


def _check_ca(file: Path) -> None:
    """Raises UsageError if nothing in the file can be trusted."""
    try:
        ssl.create_default_context(cafile=file)
    except ssl.SSLError:
        raise UsageError(f"--ca {file}: it holds no certificate in PEM form") from None
    except OSError as error:
        raise UsageError(f"--ca {file}: it can't be read: {error.strerror}") from None


def apply_options(options: Sequence[Callable[[Command], Command]], command: Command) -> Command:
    """The command with these options, in their order."""
    for option in reversed(options):
        command = option(command)
    return command
