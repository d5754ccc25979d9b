"""The wire of the lab: a loopback WSMan and PSRP server in front of a `Machine`."""

from hklint.lab.wire.certificates import CertificateAuthority, TlsFiles
from hklint.lab.wire.conversation import Exchange
from hklint.lab.wire.endpoint import Endpoint
from hklint.lab.wire.faults import Fault, Faults, Kind
from hklint.lab.wire.machine import ErrorCategory, Machine, TerminatingError
from hklint.lab.wire.server import OpenShell, WsmanServer

__all__ = [
    "CertificateAuthority",
    "Endpoint",
    "ErrorCategory",
    "Exchange",
    "Fault",
    "Faults",
    "Kind",
    "Machine",
    "OpenShell",
    "TerminatingError",
    "TlsFiles",
    "WsmanServer",
]
