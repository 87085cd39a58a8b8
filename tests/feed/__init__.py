"""The feed behind all its doors."""
