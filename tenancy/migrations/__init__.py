"""Schema history of the tenancy app."""
