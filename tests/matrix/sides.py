"""The four companies of the world by name: what each may be asked by id, and what nobody else sees.

Every private name and number carries a mark of its company (Zircon, Garnet …), so that a leak is
one word in an answer. A company has a second mark for what its partner may see as well.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from string import Formatter

from tenancy.models import Company


@dataclass(frozen=True, slots=True)
class Marks:
    """Words of a company's names: `private` is for its own eyes, `lent` for its partner's too."""

    private: str
    lent: str


MARKS = {
    "HAIYUE": Marks("Quartz", "Feldspar"),
    "NORTH": Marks("Basalt", "Travertine"),
    "ANXIN": Marks("Zircon", "Tourmaline"),
    "BRIDGE": Marks("Garnet", "Spinel"),
}
PARTNERS = {"HAIYUE": "ANXIN", "ANXIN": "HAIYUE", "NORTH": "BRIDGE", "BRIDGE": "NORTH"}
PUBLIC = frozenset({"code", "agency", "today", "loanno"})
"""What may be the same or known elsewhere: codes of companies, dates, a lender's own numbers."""
OF_PARTNER = 2
"""How many of the partner's ids are tried in each place; one with the same name comes first."""
MIRRORS = {"HAIYUE": "NORTH", "NORTH": "HAIYUE", "ANXIN": "BRIDGE", "BRIDGE": "ANXIN"}


@dataclass(slots=True)
class Side:
    """One company: its ids by name, its people's session keys, its tokens' texts.

    hidden: names of ids that the partner must not reach either. numbers: phone and id numbers in
    full; those of lent cases the partner may read, with a reason.
    """

    company: Company
    ids: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    lent_numbers: set[str] = field(default_factory=set)

    @property
    def code(self) -> str:
        return self.company.code

    @property
    def kind(self) -> str:
        return str(self.company.kind)

    @property
    def marks(self) -> Marks:
        return MARKS[self.code]

    def fill(self, text: str) -> str:
        """The text with `{name}` replaced by this side's ids."""
        return text.format_map(self.ids)


@dataclass(slots=True)
class World:
    """Two mirrored sides: HAIYUE with its agency ANXIN, NORTH with its agency BRIDGE."""

    sides: Mapping[str, Side]

    def __getitem__(self, code: str) -> Side:
        return self.sides[code]

    def of_kind(self, kind: str) -> Side:
        """The lender or agency that acts in the cells."""
        return self["HAIYUE" if kind == "lender" else "ANXIN"]

    def partner(self, side: Side) -> Side:
        """The lender's agency, the agency's lender."""
        return self[PARTNERS[side.code]]

    def mirror(self, side: Side) -> Side:
        """The company of the same kind on the other side."""
        return self[MIRRORS[side.code]]

    def strangers(self, side: Side, name: str) -> Iterator[tuple[str, str]]:
        """(whose and which, id): ids like the one called `name` that `side` must not reach."""
        if name in PUBLIC:
            return
        family = name.partition("_")[0]
        mirror, partner = self.mirror(side), self.partner(side)
        yield from _alike(mirror, [name, *_family(mirror, family)][:1])
        yield from _alike(self.partner(mirror), _family(self.partner(mirror), family)[:1])
        theirs = [n for n in (name, *_family(partner, family)) if n in partner.hidden]
        yield from _alike(partner, list(dict.fromkeys(theirs))[:OF_PARTNER])

    def forbidden(self, side: Side) -> set[str]:
        """Words and numbers that no answer to `side` may hold."""
        partner, mirror = self.partner(side), self.mirror(side)
        words = {partner.marks.private}
        for other in (mirror, self.partner(mirror)):
            words |= {other.marks.private, other.marks.lent} | other.numbers | other.lent_numbers
        return words | partner.numbers


def _family(side: Side, family: str) -> list[str]:
    return sorted(name for name in side.ids if name.partition("_")[0] == family)


def _alike(side: Side, names: list[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        if name in side.ids:
            yield f"{side.code} {name}", side.ids[name]


def names_in(text: str) -> list[str]:
    """The `{name}`s of a text."""
    return [name for _text, name, _spec, _how in Formatter().parse(text) if name]
