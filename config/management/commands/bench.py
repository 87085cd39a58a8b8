"""`make bench`: measures Recoup's paths against their baselines; see docs/bench.md."""

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.utils import ProgrammingError

from config.bench.plan import BadPlan, Plan
from config.bench.running import run
from config.running.home import CannotRun


class Command(BaseCommand):
    """Prints one JSON line a measure; exit code 1 when a limit is missed."""

    help = (
        "Measure against baselines. BENCH_CASES: sizes (100000,1000000); BENCH_ONLY: names of "
        "measures; BENCH_LENDERS (20); BENCH_REQUESTS: requests a page (200); BENCH_KEEP=1: keep "
        "the databases."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """None: what to measure comes from the environment, as `make bench` hands it on."""

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()

        def say(line: str) -> None:
            self.stderr.write(f"  bench {time.monotonic() - began:6.0f} s: {line}", ending="\n")
            self.stderr.flush()

        missed = []
        try:
            for result in run(Plan.of(), say):
                self.stdout.write(result.as_json())
                self.stdout.flush()
                if not result.holds:
                    missed.append(f"{result.name} ({result.cases:,})")
        except (BadPlan, CannotRun, ProgrammingError) as error:
            raise CommandError(f"The bench cannot run: {error}.") from error
        if missed:
            say(f"limits missed: {', '.join(missed)}")
            sys.exit(1)
        say("every limit holds")
