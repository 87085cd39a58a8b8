"""How cases are assigned, moved, worked and seen."""
