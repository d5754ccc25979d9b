"""Keeps the libraries silent: their logs hold decrypted messages, tracebacks and host text."""

import logging
import warnings

from pypsrp.powershell import RunspacePoolWarning

_LIBRARIES = ("pypsrp", "spnego", "requests", "urllib3")
_WARNINGS = (RunspacePoolWarning,)
_READERS_OF_CERTIFICATES = r"hklint\.sources\.wsman\.(certificate|channel)"
"""Where `cryptography` warns of what a host's certificate has that it should not have."""


def silence_libraries() -> None:
    """Let nothing through, whatever level was asked for; hklint's own log says what matters."""
    for name in _LIBRARIES:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
    for category in _WARNINGS:
        warnings.filterwarnings("ignore", category=category)
    warnings.filterwarnings("ignore", module=_READERS_OF_CERTIFICATES)
