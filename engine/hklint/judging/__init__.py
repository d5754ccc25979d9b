"""Judging: from facts to outcomes, explanations and what to do; no wire, no clock."""
