"""The order of the night: what happens to a company's cases when a business date opens."""

from collections.abc import Sequence

from tenancy.night import Step

STEPS: Sequence[Step] = ()
