"""Placing with agencies, taking back, and what each side sees meanwhile."""
