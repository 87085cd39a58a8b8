"""Rehearsing on a real book: its past days played as feeds and nights, in a company of its own."""
