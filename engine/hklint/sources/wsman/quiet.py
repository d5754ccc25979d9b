"""Keeps the libraries silent: their logs hold decrypted messages, tracebacks and host text."""

import logging
import warnings

from pypsrp.powershell import RunspacePoolWarning

_LIBRARIES = ("pypsrp", "spnego", "requests", "urllib3")
_WARNINGS = (RunspacePoolWarning,)


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
