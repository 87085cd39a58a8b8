"""Borrowers, loans, cases, the feed, aging and the ledger."""
