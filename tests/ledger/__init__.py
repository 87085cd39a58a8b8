"""Money: the ledger, its replay, instalments and suspense."""
