"""The logon by tokens: Negotiate, Kerberos and NTLM in HTTP (RFC 4559), and CredSSP ([MS-CSSP]).

pypsrp has one too, which falls back from Kerberos to NTLM without a word, and does so even when the
domain says that the password is wrong: a wrong password then counts twice towards a lockout.
"""

import base64
import binascii
import re
from http import HTTPStatus

import requests
import spnego
from pypsrp.encryption import WinRMEncryption
from requests.auth import AuthBase
from spnego.channel_bindings import GssChannelBindings

from hklint.failure import Reason
from hklint.sources.line import Line
from hklint.sources.options import Options, Spn
from hklint.sources.wsman import credssp
from hklint.sources.wsman.channel import channel_binding
from hklint.sources.wsman.http import UnexpectedResponseError
from hklint.sources.wsman.kerberos import Trouble, trouble
from hklint.sources.wsman.logon import Logon, Mechanism, account_text, mechanisms
from hklint.target import WsmanTarget

_SCHEMES: dict[str, tuple[str, ...]] = {
    "negotiate": ("Negotiate",),
    "kerberos": ("Negotiate", "Kerberos"),
    "ntlm": ("Negotiate", "NTLM"),
    "credssp": ("CredSSP",),
}
"""The schemes of HTTP that carry the tokens of each mechanism."""
_SEALS = {"CredSSP": WinRMEncryption.CREDSSP, "Kerberos": WinRMEncryption.KERBEROS}
_NAMES = {"ntlm": "NTLM", "kerberos": "Kerberos"}
_SERVICE = "host"


class LogonError(Exception):
    """The logon failed, and it is known why."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Handshake(AuthBase):
    """Logs on whenever the host asks for it, which it does once for each connection.

    `context` has the keys that seal messages, and `seal` the kind of sealing (Content-Type). With
    `sealed`, only mechanisms come into question that can seal.
    """

    def __init__(
        self, target: WsmanTarget, logon: Logon, options: Options, line: Line, *, sealed: bool
    ) -> None:
        self._spn = options.spn or Spn(_SERVICE, target.host)
        self._account = account_text(logon, options)
        self._logon = logon
        self._mechanisms = mechanisms(logon, target, options)
        self._credssp = options.authentication == "credssp"
        self._delegate = options.delegate
        self._line = line
        self._options = (
            spnego.NegotiateOptions.wrapping_winrm if sealed else spnego.NegotiateOptions.none
        )
        self._in_vain: Trouble | None = None
        self.context: spnego.ContextProxy | None = None
        self.seal = WinRMEncryption.SPNEGO

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        """Wait for a host that asks; called by requests."""
        r.headers["Connection"] = "Keep-Alive"
        r.hooks["response"].append(self._log_on)
        return r

    def describe(self) -> str:
        """What it came to, in words: the mechanism, and why it was not Kerberos if that failed."""
        if self.context is None:
            return ""
        agreed = self.context.negotiated_protocol
        words = _NAMES.get(agreed or "", "")
        if self._in_vain is not None:
            words += f", as Kerberos failed: {self._in_vain.cause}"
        if agreed == "kerberos" and self.context.context_attr & spnego.ContextReq.delegate:
            words += ", delegated"
        return words

    def _log_on(self, response: requests.Response, **_options: object) -> requests.Response:
        if response.status_code != HTTPStatus.UNAUTHORIZED:
            return response
        self._in_vain = None
        offered = response.headers.get("WWW-Authenticate", "")
        for mechanism in self._mechanisms:
            scheme = _scheme("credssp" if self._credssp else mechanism, offered)
            if scheme is None:
                continue
            begun = self._begin(mechanism, channel_binding(response))
            if isinstance(begun, Trouble):
                self._in_vain = begun
                if begun.refused:
                    break
                continue
            self.context, token = begun
            self.seal = _SEALS.get(scheme, WinRMEncryption.SPNEGO)
            return self._exchange(response, scheme, self.context, token)
        if self._in_vain is None:
            return response
        self._line.tried |= self._in_vain.refused
        raise LogonError(self._in_vain.reason, str(self._in_vain))

    def _begin(
        self, mechanism: Mechanism, bindings: GssChannelBindings | None
    ) -> tuple[spnego.ContextProxy, bytes] | Trouble:
        """A context and its first token, for which Kerberos has to find a ticket."""
        try:
            context = self._context(mechanism, bindings)
            token = context.step()
            if self._credssp:
                context = credssp.around(context.new_context(), self._credential())
                token = context.step()
        except Exception as error:
            met = self._trouble(error)
            if met is None:
                raise
            return met
        return context, token or b""

    def _exchange(
        self, response: requests.Response, scheme: str, context: spnego.ContextProxy, token: bytes
    ) -> requests.Response:
        """Send tokens to and fro until one side has no more to say."""
        reply: bytes | None = token
        while reply:
            response = _send(response, f"{scheme} {base64.b64encode(reply).decode()}")
            answer = _token(scheme, response)
            if context.complete or not (answer or credssp.goes_on(context)):
                break
            reply = self._step(context, answer)
        return response

    def _step(self, context: spnego.ContextProxy, answer: bytes | None) -> bytes | None:
        try:
            return context.step(answer)
        except Exception as error:
            refusal = credssp.refusal(error, context) if self._credssp else None
            met = self._trouble(error) if refusal is None else Trouble(refusal)
            if met is None:
                raise
            raise LogonError(met.reason, str(met)) from error

    def _trouble(self, error: Exception) -> Trouble | None:
        return trouble(error, f"{self._spn.service}/{self._spn.host}", self._account)

    def _context(
        self, mechanism: Mechanism, bindings: GssChannelBindings | None
    ) -> spnego.ContextProxy:
        wanted = spnego.ContextReq.default
        if self._delegate:
            wanted |= spnego.ContextReq.delegate
        return spnego.client(
            self._credential(),
            hostname=self._spn.host,
            service=self._spn.service,
            channel_bindings=bindings,
            context_req=wanted,
            protocol=mechanism,
            options=self._options,
        )

    def _credential(self) -> spnego.Password | spnego.CredentialCache:
        if self._logon.user is None or self._logon.password is None:
            return spnego.CredentialCache(self._logon.user)
        return spnego.Password(self._logon.user, self._logon.password.reveal())


def _scheme(mechanism: str, offered: str) -> str | None:
    words = set(re.findall(r"[a-z]+", offered.casefold()))
    return next((each for each in _SCHEMES[mechanism] if each.casefold() in words), None)


def _send(response: requests.Response, authorization: str) -> requests.Response:
    """The same request again, over the same connection."""
    _ = response.content
    response.raw.release_conn()
    request = response.request.copy()
    request.headers["Authorization"] = authorization
    return response.connection.send(request)


def _token(scheme: str, response: requests.Response) -> bytes | None:
    header = response.headers.get("WWW-Authenticate", "")
    found = re.search(rf"\b{scheme} +([A-Za-z0-9+/=]+)", header, re.IGNORECASE)
    if found is None:
        return None
    try:
        return base64.b64decode(found[1], validate=True)
    except binascii.Error:
        raise UnexpectedResponseError("a step of the logon that is none") from None
