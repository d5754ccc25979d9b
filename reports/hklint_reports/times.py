"""Moments as runs record them."""

from hklint.clock import utc, utc_or

__all__ = ["utc", "utc_or"]
