"""One cell of the matrix: a route, a method, who may, with what, and what must come of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.test import Client

from tests.matrix.sides import Side
from tests.seed import PEOPLE

EVERYBODY = frozenset(PEOPLE)
ADMIN = frozenset({"admin"})
BOTH = ("lender", "agency")
LENDER, AGENCY = ("lender",), ("agency",)
OFFICE = frozenset({"admin", "finance", "auditor"})
RECORDS = frozenset({"admin", "auditor"})
LEADS = frozenset({"lead", "lead2"})
DESKS = frozenset({"collector", "collector2", "collector3"})
READERS = frozenset({"inspector", "finance", "auditor"})

Row = Mapping[str, str]
Values = Mapping[str, str | Sequence[str | Row]]
"""Fields of a query or a body; `{name}` stands for an id of the acting side."""
Proof = Callable[[Side], bool]
Prepare = Callable[[Client, Side], Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A rightful call and all that the generated wrong ones are made from.

    kinds: of companies that have the page. who: whose call is made. allowed: who else may;
    blind: to whom the object does not exist (404); everybody else gets 403. path, query, body:
    what is sent, with `{name}` for ids; file: the text of an uploaded one. unseen: by name, an id
    of the own company that this caller does not see, or that does not go with the rest.
    status: of the answer. writes: tables that must be written (a read may write no others).
    proof: asked in the company's scope, false before and true after. prepare: what the person did
    just before; it may add to the body. token: which token calls, for an address of the API, and
    scopes: those that may. Where neither a person nor a token calls (who=""), the address is open
    to everybody.
    """

    route: str
    method: str = "GET"
    kinds: Sequence[str] = BOTH
    who: str = "admin"
    allowed: frozenset[str] = EVERYBODY
    blind: frozenset[str] = frozenset()
    path: Mapping[str, str] = field(default_factory=dict)
    query: Values = field(default_factory=dict)
    body: Values = field(default_factory=dict)
    file: str = ""
    unseen: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    writes: frozenset[str] = frozenset()
    proof: Proof | None = None
    prepare: Prepare | None = None
    token: str = ""
    scopes: Sequence[str] = ()
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Whether nobody has to sign in for it."""
        return not self.who and not self.token

    @property
    def label(self) -> str:
        """How the cell is called in test ids."""
        return f"{self.method} {self.route}" + (f" {self.note}" if self.note else "")

    @property
    def reads(self) -> bool:
        """Whether the call only reads."""
        return self.method == "GET"


def writes(*tables: str) -> frozenset[str]:
    """Tables by name."""
    return frozenset(tables)
