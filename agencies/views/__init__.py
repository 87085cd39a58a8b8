"""Screens of outsourcing: a lender's placements, an agency's inbox, one package."""
