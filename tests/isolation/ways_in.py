"""Further ways in: modules that may open a company's scope, each with its reason."""

MORE_WAYS_IN: dict[str, str] = {
    "tenancy/signing_in.py": "signing in to the company that the name gives",
    "tenancy/companies.py": "a new company is furnished inside its own scope",
    "cases/feed/importing.py": "an import's steps are transactions of the caller's company",
    "cases/feed/jobs.py": "a job's company, between the transactions of its import",
    "config/tasks.py": "a message's company; each company's tick",
    "config/demo/furnish.py": "a company of the demo",
    "config/demo/month.py": "a company of the demo",
    "config/demo/office.py": "the demo lender that the command plays",
    "config/rehearsal/playing.py": "the company whose book is rehearsed",
    "config/bench/databases.py": "a lender of the bench's own databases",
}
