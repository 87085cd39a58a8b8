"""The demo: two lenders, three agencies, about 20,000 made-up loans and a month of nights."""
