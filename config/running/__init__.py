"""Running Recoup on one machine: set-up, embedded PostgreSQL and Redis, the demo's processes."""
