"""The step `tls`: the handshake of psrps://, and whether the certificate can be trusted."""

import datetime as dt
import ssl
import time
from collections.abc import Callable, Mapping
from socket import socket

from hklint.doctor.examination import Finding, Step, Value, failed, passed
from hklint.doctor.guard import Guard, since
from hklint.doctor.judge import judge
from hklint.doctor.place import written
from hklint.failure import Failure, Reason
from hklint.sources.answer import quote
from hklint.sources.line import LineCutError, Phase
from hklint.sources.options import Options
from hklint.sources.wsman.certificate import Certificate, UntrustedError, look, read
from hklint.sources.wsman.classify import NOT_TLS
from hklint.sources.wsman.http import tls_context
from hklint.target import WsmanTarget

_SOON_DAYS = 30
_MOST_NAMES = 20
_TRUST_CA = "Trust the CA that issued it with --ca FILE, in PEM form."
_OTHER_NAME = "Write one of the names that stand in the certificate for the target."
_ADVICE = {
    9: "Compare the clocks of the host and of this computer.",
    10: "Give the host's listener a new certificate.",
    18: "Trust it with --ca FILE: the certificate itself, in PEM form.",
    19: _TRUST_CA,
    20: _TRUST_CA,
    21: _TRUST_CA,
    62: _OTHER_NAME,
    64: _OTHER_NAME,
}
"""What to do about X509_V_ERR_... (x509_vfy.h of OpenSSL)."""


def handshake(
    target: WsmanTarget,
    connection: socket,
    dial: Callable[[], socket],
    options: Options,
    guard: Guard,
) -> tuple[Finding, ssl.SSLSocket | None]:
    """The connection in TLS, checked as every command checks it.

    A certificate that was refused is looked at over a second connection, from `dial`, which ends
    with the handshake: nothing is ever sent to that host.
    """
    started = time.monotonic()
    host = target.host.rstrip(".")
    try:
        context = tls_context(
            options.ca_file, options.certificate_file, options.certificate_key_file
        )
    except OSError as error:
        detail = f"the CA, certificate or key file cannot be used: {error.strerror or error}"
        return failed(Step.TLS, Failure(Reason.TLS_REJECTED, Phase.PREPARING, detail)), None
    shown: Certificate | None = None
    trouble: Exception
    try:
        secured = guard.run(
            lambda: _in_tls(context, host, connection, guard), options.connect_timeout
        )
    except ssl.SSLCertVerificationError as error:
        shown = _looked_at(host, dial, options, guard)
        trouble = UntrustedError(error, shown)
    except (LineCutError, OSError) as error:
        trouble = error
    else:
        guard.line.connected()
        return _accepted(secured, options, since(started)), secured
    failure = judge(trouble, target, guard)
    details: Mapping[str, Value] = _details(shown) if shown else {}
    return failed(
        Step.TLS, failure, since(started), details, advice=_advice(trouble, details, target)
    ), None


def _in_tls(context: ssl.SSLContext, host: str, connection: socket, guard: Guard) -> ssl.SSLSocket:
    secured = context.wrap_socket(connection, server_hostname=host, do_handshake_on_connect=False)
    guard.keep(secured).do_handshake()
    return secured


def _accepted(secured: ssl.SSLSocket, options: Options, seconds: float) -> Finding:
    cipher = secured.cipher()
    certificate = read(secured.getpeercert(binary_form=True))
    details: dict[str, Value] = {
        "protocol": secured.version() or "unknown",
        "cipher": cipher[0] if cipher else "unknown",
        **(_details(certificate) if certificate else {}),
        "trusted_by": str(options.ca_file or "the system's CAs"),
    }
    left = details.get("days_left")
    soon = isinstance(left, int) and left < _SOON_DAYS
    notes = [f"The certificate expires on {details['valid_until']}."] if soon else []
    summary = f"{details['protocol']}, and the certificate is trusted"
    return passed(Step.TLS, summary, seconds, details, notes)


def _looked_at(
    host: str, dial: Callable[[], socket], options: Options, guard: Guard
) -> Certificate | None:
    """The certificate that was refused, as far as the host shows it once more."""
    try:
        return guard.run(lambda: look(dial, host), 2 * options.connect_timeout)
    except LineCutError:
        return None


def _details(certificate: Certificate) -> Mapping[str, Value]:
    """What stands in it is the host's to choose, so it is cut."""
    names = [quote(name) for name in certificate.names[:_MOST_NAMES]]
    if len(certificate.names) > _MOST_NAMES:
        names.append(f"and {len(certificate.names) - _MOST_NAMES} more")
    return {
        "names": tuple(names),
        "issuer": quote(certificate.issuer),
        "valid_from": f"{certificate.valid_from:%Y-%m-%d}",
        "valid_until": f"{certificate.valid_until:%Y-%m-%d}",
        "days_left": (certificate.valid_until - dt.datetime.now(dt.UTC)).days,
        "thumbprint": certificate.thumbprint,
    }


def _advice(trouble: Exception, certificate: Mapping[str, Value], target: WsmanTarget) -> str:
    match trouble:
        case LineCutError() | TimeoutError():
            return ""
        case UntrustedError():
            advice = _ADVICE.get(trouble.verify_code, "")
            if advice == _OTHER_NAME and certificate.get("names") == ():
                return "Give the host's listener a certificate with a subject alternative name."
            return advice
        case ssl.SSLError() if trouble.reason not in NOT_TLS and not isinstance(
            trouble, ssl.SSLEOFError
        ):
            return "Look at the listener's TLS protocols, ciphers and certificate on the host."
        case _:
            return f"If that is a port without TLS, write {written(target, tls=False)} for it."
