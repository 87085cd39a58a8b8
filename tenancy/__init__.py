"""Companies, teams, people, row isolation and the audit trail: the ground floor."""
