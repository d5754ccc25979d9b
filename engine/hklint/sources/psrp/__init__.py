"""PowerShell remoting's own protocol ([MS-PSRP]), whatever carries it.

What goes to a host is written by pypsrp. What comes back is untrusted: it is read here, and only
the few messages that a session with one pipeline has.
"""
