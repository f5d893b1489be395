"""`mailbot preview NAME`: a letter as its reader will see it, written to files; nothing is sent or recorded."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from mailbot import config as configuration
from mailbot.clock import system_clock
from mailbot.commands.terminal import line
from mailbot.core.model import Case, Language, LetterOrder, Recipient
from mailbot.errors import Usage
from mailbot.letters import CUSTOMER_KINDS, KINDS, Rendered
from mailbot.office import Office
from mailbot.wiring import open_desk

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "microsoft-edge", "chrome")
WIDTH, HEIGHT, SECONDS = 760, 1400, 60


def preview(path: Path, kind: str, number: str, language: str, out: Path) -> None:
    """Write a letter as text, HTML and, where a browser is found, picture. Raises Usage for what does not exist."""
    if kind not in KINDS:
        raise Usage(f"there is no letter {kind!r}; there are {', '.join(KINDS)}")
    if language and language not in list(Language):
        raise Usage(f"{language!r} is no language of letters; there are {', '.join(Language)}")
    with open_desk(configuration.load(path)) as office:
        case = office.ledger.cases.get(number.strip().upper()) if number else None
        if number and case is None:
            raise Usage(f"there is no case {number}; the register lists them")
        tongue = Language(language) if language else _usual(kind, case, office)
        letter = _of_case(kind, case, tongue, office) if case else _example(kind, tongue, office)
    out.mkdir(parents=True, exist_ok=True)
    name = f"{kind}-{case.number if case else 'example'}-{tongue}"
    for file in _write(letter, out, name):
        line(str(file))


def _usual(kind: str, case: Case | None, office: Office) -> Language:
    return case.language if case and kind in CUSTOMER_KINDS else office.procedure.language


def _example(kind: str, language: Language, office: Office) -> Rendered:
    letters = office.correspondence.letters
    return letters.render(kind, language, letters.specimen(kind, language))


def _of_case(kind: str, case: Case, language: Language, office: Office) -> Rendered:
    customer = kind in CUSTOMER_KINDS
    staff = next(iter(office.procedure.actors(case, "actor")), None)
    name = str(case.values.get("contact_name") or "") if customer else staff.name if staff else ""
    address = case.answer_to if customer else staff.address if staff else ""
    note = {"note": case.values.get("note_to_customer")} if customer else {}
    to = Recipient(address=address, name=name, language=language, customer=customer)
    order = LetterOrder(key="preview", kind=kind, to=to, case=case.number, facts=note)
    now: datetime = system_clock()
    return office.correspondence.render(order, case, now)


def _write(letter: Rendered, out: Path, name: str) -> list[Path]:
    text, page, picture = (out / f"{name}.{end}" for end in ("txt", "html", "png"))
    text.write_text(f"{letter.subject}\n\n{letter.text}", "utf-8")
    page.write_text(letter.html, "utf-8")
    return [text, page, *([picture] if _photographed(page, picture) else [])]


def _photographed(page: Path, picture: Path) -> bool:
    """Let a browser of this machine take a picture of the page; without one there is none.

    Without its sandbox it runs for root too; the page is ours and holds no script.
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return False
    with tempfile.TemporaryDirectory() as profile, suppress(OSError, subprocess.SubprocessError):
        options = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}")
        shot = (f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={picture.resolve()}", page.resolve().as_uri())
        subprocess.run((browser, *options, *shot), capture_output=True, timeout=SECONDS, check=True)  # noqa: S603
    return picture.exists()
