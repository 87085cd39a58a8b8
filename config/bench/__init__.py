"""`make bench`: what Recoup's paths cost, each against a baseline measured in the same run."""
