"""JEA: a least-privilege endpoint for hosts, written from what policies need.

Just Enough Administration is PowerShell's way to let an account run a few functions with rights it
does not have itself. The endpoint has one function: the collector behind an allow-list of the
registry values and addresses that the policies ask for. See Microsoft's pages "JEA Session
Configurations", "JEA Role Capabilities" and "JEA Security Considerations".
"""
