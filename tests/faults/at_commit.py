"""Asks for a job as a verb does, and kills Redis at the moment of the commit, before the nudge.

`python -m tests.faults.at_commit COMPANY FILE AS_OF REDIS_PID`; prints the job's id.
"""

import os
import signal
import sys
from datetime import date
from pathlib import Path

import django


def main(code: str, file: str, as_of: str, redis_pid: str) -> None:
    """Upload a loans file as the screen does, in a transaction that Redis does not survive."""
    from celery import current_app
    from django.db import transaction

    from cases.feed import stored_files
    from cases.feed.jobs import ask_to_judge
    from cases.feed.runs import Origin, begin_run
    from cases.models import ImportRun
    from tenancy.models import Company
    from tenancy.scope import company_scope

    # As in a web server that has been at work: there is a connection that will break.
    current_app.send_task("config.tasks.tick")
    company = Company.objects.get(code=code)
    with company_scope(company):
        transaction.on_commit(lambda: os.kill(int(redis_pid), signal.SIGKILL))
        name = stored_files.keep(company.pk, [Path(file).read_bytes()])
        run = begin_run(
            company=company,
            kind="loans",
            as_of=date.fromisoformat(as_of),
            strict=False,
            origin=Origin(source=ImportRun.Source.SCREEN, by=None, stored_as=name),
        )
        job = ask_to_judge(run=run, by=None)
    print(job.pk)


if __name__ == "__main__":
    django.setup()
    main(*sys.argv[1:])
