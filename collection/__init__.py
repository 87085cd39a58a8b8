"""How cases are worked: desks, worklists, notes and promises."""
