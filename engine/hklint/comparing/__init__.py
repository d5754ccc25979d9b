"""Comparing runs: a host and its verdicts are found again in an earlier run."""
