"""Linking: names in documents become things, and everything that is wrong is said at once."""
