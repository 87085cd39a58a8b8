"""Screens of the daily work: worklist, case, list of cases, team board, moving cases, home."""
