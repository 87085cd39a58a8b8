"""Nobody enters another company but through tenancy.crossing; nobody sets the role by hand."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("tenancy", "cases", "agencies", "collection", "dialer", "waivers", "reports", "config")

# Ways in: each knows its company from the request, the message or the command line.
WAYS_IN = {
    "tenancy/scope.py": "defines it",
    "tenancy/crossing.py": "the one door between companies",
    "tenancy/middleware.py": "a request's company",
    "tenancy/backends.py": "signing in to the company that the name gives",
    "tenancy/jobs.py": "a message's company",
    "tenancy/night.py": "the company whose night it is",
}
COMMANDS = "management/commands/"


def sources() -> Iterator[tuple[str, ast.Module, str]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" not in name:
                text = path.read_text()
                yield name, ast.parse(text), text


def calls(tree: ast.Module, function: str) -> bool:
    return any(
        isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id == function)
            or (isinstance(node.func, ast.Attribute) and node.func.attr == function)
        )
        for node in ast.walk(tree)
    )


def test_scopes_are_opened_only_where_a_company_is_named() -> None:
    from tests.isolation.ways_in import MORE_WAYS_IN

    allowed = WAYS_IN | MORE_WAYS_IN
    strangers = [
        name
        for name, tree, _ in sources()
        if calls(tree, "company_scope") and name not in allowed and COMMANDS not in name
    ]
    assert strangers == []


def test_the_context_is_set_in_one_place() -> None:
    writers = [name for name, _, text in sources() if "set_config(" in text]
    assert writers == ["tenancy/scope.py"]


def test_no_sql_text_is_built_from_values() -> None:
    """`SET ROLE` and friends never appear; the scope binds its two values as parameters."""
    offenders = [
        name
        for name, _, text in sources()
        if any(word in text for word in ("SET ROLE", "SET LOCAL ROLE", "SET SESSION AUTHORIZATION"))
    ]
    assert offenders == []


def test_operator_aliases_stay_out_of_what_serves() -> None:
    """`using("owner")` and `using("platform")` are for commands and company creation only."""
    allowed = {"tenancy/companies.py", "tenancy/managers.py"}
    users = [
        name
        for name, _, text in sources()
        if ('using("owner")' in text or 'using("platform")' in text or '"platform"]' in text)
        and COMMANDS not in name
        and not name.startswith("config/")
        and name not in allowed
    ]
    assert users == []
