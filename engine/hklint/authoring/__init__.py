"""Authoring: starts of documents, and drafts from what a host has."""
