"""Companies, people, teams, signing in, records and the API base, through their own doors."""
