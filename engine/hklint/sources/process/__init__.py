"""Hosts asked through a process that carries PSRP on its input and output: `ssh`, or PowerShell."""
