"""Proofs that Recoup starts, stops and refuses as promised."""
