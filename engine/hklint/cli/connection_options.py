"""Options about how hosts are reached, and what is made of them."""

import ssl
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hklint.cli.options import Command, apply_options
from hklint.cli.reg_file_options import REG_FILE_OPTIONS, parse_host_fields
from hklint.cli.sections import SectionOption
from hklint.errors import UsageError

if TYPE_CHECKING:
    from hklint.sources import Options

DEFAULT_DEADLINE = 90
DEFAULT_CONNECT_TIMEOUT = 10
DEFAULT_REQUEST_TIMEOUT = 30
DEFAULT_RETRIES = 2
COMMAND_OPTION = "--password-command"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

_account = partial(click.option, cls=SectionOption, section="Who logs on")
_winrm = partial(click.option, cls=SectionOption, section="WinRM (psrp://, psrps://)")
_ssh = partial(click.option, cls=SectionOption, section="SSH (ssh://)")
_time = partial(click.option, cls=SectionOption, section="Time")
_live = partial(click.option, cls=SectionOption, section="Live requests of policies")

_CONNECTION = (
    _account("--user", "-u", metavar="USER", help="Account: DOMAIN\\user or user@domain."),
    _account(
        COMMAND_OPTION,
        metavar="COMMAND",
        envvar="HKLINT_PASSWORD_COMMAND",
        show_envvar=True,
        help="Prints the account's password; run without a shell. Don't write a password here.",
    ),
    _account(
        "--auth",
        "authentication",
        type=click.Choice(["negotiate", "kerberos", "ntlm", "basic", "certificate", "credssp"]),
        default="negotiate",
        show_default=True,
        help="How to log on. Basic and certificate need psrps://; credssp gives the host your "
        "password.",
    ),
    _account(
        "--spn",
        metavar="SERVICE/HOST",
        help="Kerberos: ask for a ticket to this name instead of HOST/target.",
    ),
    _account(
        "--delegate",
        is_flag=True,
        help="Kerberos: let the host act as the account elsewhere. Nothing of hklint needs it.",
    ),
    _account("--client-certificate", type=FILE, help="Certificate (PEM) for --auth certificate."),
    _account("--client-key", type=FILE, help="Private key (PEM) for --auth certificate."),
    _winrm(
        "--configuration",
        metavar="NAME",
        default="Microsoft.PowerShell",
        show_default=True,
        help="Session configuration (endpoint) on the host.",
    ),
    _winrm("--ca", "ca_file", type=FILE, help="Trust this CA (PEM) instead of the system's."),
    _winrm("--proxy", metavar="URL", help="HTTP proxy (http://host:port) to psrps:// targets."),
    _winrm(
        "--allow-unencrypted",
        multiple=True,
        metavar="HOST",
        help="Let this host see the password in clear: Basic over http. Repeatable.",
    ),
    _ssh(
        "--ssh-subsystem",
        metavar="NAME",
        default="powershell",
        show_default=True,
        help="Subsystem of the host's sshd.",
    ),
    _ssh(
        "--ssh-config",
        type=FILE,
        help="Configuration of ssh instead of the user's and the system's (ssh -F).",
    ),
    _time(
        "--deadline",
        type=click.FloatRange(min=1, max=3600),
        metavar="SECONDS",
        default=DEFAULT_DEADLINE,
        show_default=True,
        help="Time for one host, everything included.",
    ),
    _time(
        "--connect-timeout",
        type=click.FloatRange(min=0.1, max=600),
        metavar="SECONDS",
        default=DEFAULT_CONNECT_TIMEOUT,
        show_default=True,
        help="Time for making a connection.",
    ),
    _time(
        "--request-timeout",
        type=click.FloatRange(min=1, max=600),
        metavar="SECONDS",
        default=DEFAULT_REQUEST_TIMEOUT,
        show_default=True,
        help="Time for the host to answer one message.",
    ),
    _time(
        "--retries",
        type=click.IntRange(min=0, max=10),
        metavar="NUMBER",
        default=DEFAULT_RETRIES,
        show_default=True,
        help="How often a host that has answered nothing is tried again, within the deadline.",
    ),
    _live(
        "--allow-url",
        multiple=True,
        metavar="URL|@FILE",
        help="Let policies have hosts request this, beside what the shipped ones ask for: "
        "https://HOST, https://*.DOMAIN, or a file of these. Repeatable.",
    ),
    *REG_FILE_OPTIONS,
    click.option("--verbose", "-v", count=True, help="Say more; -vv logs each step with a host."),
)


def connection_options(command: Command) -> Command:
    """How hosts are reached."""
    return apply_options(_CONNECTION, command)


def connection(**given: Any) -> "Options":  # noqa: ANN401 - click hands options over by name
    """What the connection options say, with the password sources ready. Raises UsageError."""
    from hklint.cli.allowed_urls import allowed_urls  # noqa: PLC0415 - asks hosts
    from hklint.credentials import passwords_of_this_process  # noqa: PLC0415 - the same
    from hklint.sources import Options  # noqa: PLC0415 - the same
    from hklint.sources.objections import proxy_mistake  # noqa: PLC0415 - the same
    from hklint.sources.options import parse_spn  # noqa: PLC0415 - the same

    mistake = _user_mistake(given["user"]) or proxy_mistake(given["proxy"])
    if mistake is not None:
        raise UsageError(mistake)
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
        whole_export=given["whole_export"],
        host_fields=parse_host_fields(given["host_fields"]),
    )


def _user_mistake(user: str | None) -> str | None:
    """No account of Windows has a colon in its name (Active Directory, sAMAccountName)."""
    if user is None or ":" not in user:
        return None
    return (
        "--user never holds a password, arguments are seen in process lists: give it in "
        "HKLINT_PASSWORD, by --password-command, in the keyring or at the prompt"
    )


def _check_ca(file: Path) -> None:
    """Raises UsageError if nothing in the file can be trusted."""
    try:
        ssl.create_default_context(cafile=file)
    except ssl.SSLError:
        raise UsageError(f"--ca {file}: it holds no certificate in PEM form") from None
    except OSError as error:
        raise UsageError(f"--ca {file}: it can't be read: {error.strerror}") from None
