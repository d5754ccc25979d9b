"""Three opinions on what a Windows offers: our tables, the lab's own code, and a TLS handshake."""

from .cells import DOTNET_KEY, RELEASE, Cell, client_key, full_grid, host_of, short_grid, uri_of
from .compare import disagreements
from .hosts import WAYS, Heard, listen, powershell, servers
from .tables import changed_row, rows_met
from .texts import is_open

__all__ = [
    "DOTNET_KEY",
    "RELEASE",
    "WAYS",
    "Cell",
    "Heard",
    "changed_row",
    "client_key",
    "disagreements",
    "full_grid",
    "host_of",
    "is_open",
    "listen",
    "powershell",
    "rows_met",
    "servers",
    "short_grid",
    "uri_of",
]
