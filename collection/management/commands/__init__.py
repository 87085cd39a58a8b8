"""Operator commands of the daily work."""
