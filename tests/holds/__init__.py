"""Holds of every kind, through the verbs and the nights."""
