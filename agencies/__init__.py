"""Outsourcing: placing cases with agencies and taking them back."""
