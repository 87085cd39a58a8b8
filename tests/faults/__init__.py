"""What breaks under a running Recoup, really broken: Redis, PostgreSQL, workers."""
