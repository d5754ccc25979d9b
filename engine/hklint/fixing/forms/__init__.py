"""The forms of a fix: files for the ways in which administrators change hosts."""
