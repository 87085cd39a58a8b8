"""Arithmetic that knows neither Django nor a database: worked examples and properties."""
