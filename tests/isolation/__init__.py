"""Proofs that no company sees or touches what is another's."""
