"""Linting: everything that is wrong with documents, and what only looks wrong."""
