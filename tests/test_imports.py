"""Who may import whom: one way, absolute, and each third-party package in the one module that is its home."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted(p for top in ("mailbot", "sheets") for p in (ROOT / top).rglob("*.py"))

LAYERS = ("cli", "demo", "commands", "wiring", "daemon", "steps")
"""From the outside inwards: a module imports nothing of a layer further out than its own. All else lies below."""

HOMES = {
    "ahocorasick": "mailbot.core.manywords",
    "aiosmtpd": "mailbot.demo.post",
    "alembic": "mailbot.ledger",
    "chardet": "mailbot.mail.charset",
    "chinese_calendar": "mailbot.core.publicdays",
    "cryptography": "mailbot.demo.google.tokens",
    "css_inline": "mailbot.letters",
    "google": "sheets.google.transport",
    "gspread": "sheets.google.transport",
    "holidays": "mailbot.core.publicdays",
    "imapclient": "mailbot.mail.session",
    "isal": "sheets.excel.archive",
    "jinja2": "mailbot.letters",
    "markupsafe": "mailbot.letters",
    "olefile": "mailbot.mail.outlook",
    "opencc": "mailbot.mail.language",
    "openpyxl": "sheets.excel.create",
    "pydantic": "mailbot.core.rulefile",
    "python_calamine": "sheets.excel.reader",
    "requests": "sheets.google.transport",
    "rich": "mailbot.commands.terminal",
    "schedule": "mailbot.daemon",
    "selectolax": "mailbot.mail.html",
    "sqlalchemy": "mailbot.ledger",
    "striprtf": "mailbot.mail.rtf",
    "structlog": "mailbot.logs",
    "typer": "mailbot.cli",
    "xlsxwriter": "mailbot.reports.monthly_book",
}
"""The one module that may import a package; a package of ours where it speaks through several files."""


def name_of(path: Path) -> str:
    """The dotted name of a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """Every module a file names in an import, also inside functions; a relative one starts with a dot."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def foreign(path: Path) -> set[str]:
    """The third-party packages a file imports."""
    tops = {module.partition(".")[0] for module in imports(path)}
    return tops - sys.stdlib_module_names - {"mailbot", "sheets", ""}


def layer(module: str) -> int:
    """How far in a module lies; all that is in no layer lies innermost."""
    parts = module.split(".")
    return LAYERS.index(parts[1]) if len(parts) > 1 and parts[1] in LAYERS else len(LAYERS)


def inside(module: str, homes: set[str]) -> bool:
    """Whether a module is one of these or lies in one of them."""
    return any(module == home or module.startswith(home + ".") for home in homes)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_are_absolute_and_point_inwards(path: Path) -> None:
    module = name_of(path)
    for found in imports(path):
        assert not found.startswith("."), f"{module} imports relatively"
        if found.startswith("mailbot.") and module != "mailbot.__main__":
            assert layer(found) >= layer(module), f"{module} reaches out to {found}"


def test_core_imports_only_itself_and_pure_libraries() -> None:
    pure = {package for package, home in HOMES.items() if home.startswith("mailbot.core.")}
    for path in (ROOT / "mailbot" / "core").rglob("*.py"):
        for found in imports(path):
            standard = found.partition(".")[0] in sys.stdlib_module_names
            assert standard or inside(found, {"mailbot.core"} | pure), f"{name_of(path)} imports {found}"


def test_sheets_has_never_heard_of_mailbot() -> None:
    for path in (ROOT / "sheets").rglob("*.py"):
        assert not [found for found in imports(path) if inside(found, {"mailbot"})], name_of(path)


def test_each_package_is_imported_at_its_home_only() -> None:
    found = {(package, name_of(path)) for path in SOURCES for package in foreign(path)}
    assert not {(package, module) for package, module in found if not inside(module, {HOMES.get(package, "nowhere")})}
    assert {package for package, _ in found} == HOMES.keys()


def test_only_the_clock_asks_the_time() -> None:
    asking = {"datetime.now(", "date.today(", "datetime.utcnow(", "time.time("}
    found = {name_of(p) for p in SOURCES if any(words in p.read_text(encoding="utf-8") for words in asking)}
    assert found == {"mailbot.clock"}
