"""Operator commands of the book."""
