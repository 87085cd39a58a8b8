"""Rehearsals on real books that are not part of the project."""
