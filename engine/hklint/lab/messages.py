"""Windows' error texts in the languages of the lab's hosts: they prove that nothing reads them."""

from hklint.lab.thrown import End

_CLOSED = "The underlying connection was closed: "
_GESCHLOSSEN = "Die zugrunde liegende Verbindung wurde geschlossen: "
_ENGLISH = {
    "NameResolutionFailure": "The remote name could not be resolved: '{host}'",
    "ProxyNameResolutionFailure": "The proxy name could not be resolved: '{host}'",
    "ConnectFailure": "Unable to connect to the remote server",
    "ReceiveFailure": _CLOSED + "An unexpected error occurred on a receive.",
    "SendFailure": _CLOSED + "An unexpected error occurred on a send.",
    "ProtocolError": "The remote server returned an error: ({code}).",
    "ConnectionClosed": _CLOSED + "The connection was closed unexpectedly.",
    "TrustFailure": (
        _CLOSED + "Could not establish trust relationship for the SSL/TLS secure channel."
    ),
    "SecureChannelFailure": ("The request was aborted: Could not create SSL/TLS secure channel."),
    "Timeout": "The operation has timed out.",
    "denied": "Requested registry access is not allowed.",
}
_GERMAN = {
    "NameResolutionFailure": "Der Remotename konnte nicht aufgelöst werden: '{host}'",
    "ProxyNameResolutionFailure": "Der Proxyname konnte nicht aufgelöst werden: '{host}'",
    "ConnectFailure": "Die Verbindung mit dem Remoteserver kann nicht hergestellt werden.",
    "ReceiveFailure": _GESCHLOSSEN + "Unerwarteter Fehler beim Empfangen.",
    "SendFailure": _GESCHLOSSEN + "Unerwarteter Fehler beim Senden.",
    "ProtocolError": "Der Remoteserver hat einen Fehler zurückgegeben: ({code}).",
    "ConnectionClosed": _GESCHLOSSEN + "Die Verbindung wurde unerwartet getrennt.",
    "TrustFailure": (
        _GESCHLOSSEN + "Für den geschützten SSL/TLS-Kanal konnte keine Vertrauensstellung "
        "hergestellt werden."
    ),
    "SecureChannelFailure": (
        "Die Anfrage wurde abgebrochen: Es konnte kein geschützter SSL/TLS-Kanal erstellt werden."
    ),
    "Timeout": "Timeout für Vorgang überschritten.",
    "denied": "Der angeforderte Registrierungszugriff ist unzulässig.",
}
_TEXTS = {"en-US": _ENGLISH, "de-DE": _GERMAN}


def web_text(end: End, host: str, culture: str) -> str | None:
    """The text of a WebException; `host` is the name that was looked up."""
    if end.status is None:
        return None
    return _TEXTS[culture][end.status].format(host=host, code=end.http_status)


def denied_text(culture: str) -> str:
    """The text of the SecurityException that RegistryKey.OpenSubKey throws."""
    return _TEXTS[culture]["denied"]
