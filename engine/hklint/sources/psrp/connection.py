"""A WinRM connection that is built from a target and the options, and keeps to its line."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Final

from pypsrp.exceptions import WSManFaultError
from pypsrp.negotiate import HTTPNegotiateAuth
from pypsrp.wsman import NAMESPACES, OptionSet, SelectorSet, WSMan, WSManAction
from requests.auth import AuthBase, HTTPBasicAuth

from hklint.secret import Secret
from hklint.sources.options import Options
from hklint.sources.psrp.http import http_session, tls_context
from hklint.sources.psrp.line import Line, Phase
from hklint.target import PsrpTarget

OPERATION_TIMED_OUT: Final = 2150858793
"""WSMan fault: nothing to send within the operation's time; ask again (winerror of WS-Management:
ERROR_WSMAN_OPERATION_TIMEDOUT)."""
OPERATION_SECONDS = 20
"""How long the host may keep a request waiting before it says that there is nothing yet."""
_READ_MARGIN = 10.0
_PAUSE = 0.1

CERTIFICATE_HEADER = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
"""The Authorization header that asks for a client certificate (DSP0226, security profiles)."""

_NAMES = {
    "negotiate": "Negotiate",
    "kerberos": "Kerberos",
    "ntlm": "NTLM",
    "basic": "Basic",
    "certificate": "client certificate",
}


@dataclass(frozen=True, slots=True)
class Logon:
    """Who logs on; `user` is None for the account that runs hklint, and for a certificate."""

    user: str | None
    password: Secret | None


def operation_seconds(deadline: float) -> int:
    """The operation time-out that fits a deadline."""
    return max(1, min(OPERATION_SECONDS, int(deadline / 4)))


def new_line(seconds: float, options: Options) -> Line:
    """The line for one conversation that may take `seconds`."""
    reading = operation_seconds(options.deadline) + _READ_MARGIN
    return Line(seconds, options.connect_timeout, reading)


class Connection(WSMan):
    """pypsrp's WSMan, with the time-outs, retries and HTTP settings of hklint.

    Raises on construction:
        OSError: The CA, certificate or key file can't be used.
    """

    def __init__(self, target: PsrpTarget, logon: Logon, options: Options, line: Line) -> None:
        self.line = line
        self.target = target
        self.command_done = False
        self._authentication = options.authentication
        self._auth = _auth(logon, options, sealed=self.sealed)
        self._tls = (
            tls_context(options.ca_file, options.certificate_file, options.certificate_key_file)
            if target.tls
            else None
        )
        super().__init__(
            target.host,
            port=target.port,
            ssl=target.tls,
            username=logon.user,
            auth=options.authentication,
            encryption="never" if not target.tls and not self.sealed else "auto",
            operation_timeout=operation_seconds(options.deadline),
            no_proxy=True,
        )
        self._use_new_session()

    @property
    def sealed(self) -> bool:
        """Whether the logon's keys encrypt each message."""
        return not self.target.tls and self._authentication != "basic"

    def describe(self) -> str:
        """The transport in words, for the evidence."""
        name = _NAMES[self._authentication]
        mechanism = self._mechanism()
        if mechanism and mechanism.lower() != name.lower():
            name = f"{name} ({mechanism})"
        if self.target.tls:
            return f"https, {name}, certificate checked"
        return f"http, {name}, " + ("sealed messages" if self.sealed else "NOT ENCRYPTED")

    def invoke(  # noqa: PLR0913 - pypsrp's signature
        self,
        action: str,
        resource_uri: str,
        resource: ET.Element | None,
        option_set: OptionSet | None = None,
        selector_set: SelectorSet | None = None,
        timeout: int | None = None,
        *,
        retries_on_read_timeout: int = 0,  # noqa: ARG002 - five retries with pauses outlast any deadline
    ) -> ET.Element:
        """Send one message, once."""
        if action == WSManAction.COMMAND:
            self.line.reached = Phase.RUNNING
        return super().invoke(action, resource_uri, resource, option_set, selector_set, timeout)

    def receive(
        self,
        resource_uri: str,
        resource: ET.Element,
        option_set: OptionSet | None = None,
        selector_set: SelectorSet | None = None,
        timeout: int | None = None,
    ) -> ET.Element:
        """Wait for output as long as the line holds, and note the end of the command."""
        while True:
            try:
                body = super().receive(resource_uri, resource, option_set, selector_set, timeout)
            except WSManFaultError as fault:
                if fault.code != OPERATION_TIMED_OUT:
                    raise
                self.line.pause(_PAUSE)
                continue
            state = body.find("rsp:ReceiveResponse/rsp:CommandState", NAMESPACES)
            self.command_done = state is not None and state.get("State", "").endswith("/Done")
            if body.find("rsp:ReceiveResponse/rsp:Stream", NAMESPACES) is None:
                self.line.pause(_PAUSE)
            return body

    def delete_shell(self, resource_uri: str, shell_id: str, *, afresh: bool) -> None:
        """Tell the host to end a shell, over a new logon and connection if `afresh`."""
        if afresh:
            self._use_new_session()
        selectors = SelectorSet()
        selectors.add_option("ShellId", shell_id)  # pyright: ignore[reportUnknownMemberType] - a bare Dict
        self.delete(resource_uri, selector_set=selectors)

    def _use_new_session(self) -> None:
        """Begin anew; the keys that seal messages belong to the connection that is given up."""
        self.transport.close()
        self.transport.encryption = None
        session = http_session(self.line, self._auth, self._tls, sealed=self.sealed)
        if self._authentication == "certificate":
            session.headers["Authorization"] = CERTIFICATE_HEADER
        self.transport.session = session

    def _mechanism(self) -> str:
        """What Negotiate came to, NTLM or Kerberos, as far as pyspnego tells."""
        if not isinstance(self._auth, HTTPNegotiateAuth):
            return ""
        context = next(iter(self._auth.contexts.values()), None)
        agreed = getattr(context, "negotiated_protocol", None)
        return {"ntlm": "NTLM", "kerberos": "Kerberos"}.get(str(agreed), "")


def _auth(logon: Logon, options: Options, *, sealed: bool) -> AuthBase | None:
    password = logon.password.reveal() if logon.password else None
    match options.authentication:
        case "certificate":
            return None
        case "basic":
            return HTTPBasicAuth(logon.user or "", password or "")
        case "negotiate" | "kerberos" | "ntlm":
            return HTTPNegotiateAuth(
                username=logon.user,
                password=password,
                auth_provider=options.authentication,
                wrap_required=sealed,
            )
