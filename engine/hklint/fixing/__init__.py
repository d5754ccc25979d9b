"""Fixes: what hosts need, proved by judging again, and the files that say so."""
