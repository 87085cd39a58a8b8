"""Operator commands of the ground floor."""
