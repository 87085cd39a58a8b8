"""The night: steps, commands, catching up, and what a kill leaves."""
