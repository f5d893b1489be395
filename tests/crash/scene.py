"""One busy morning that can be played again and again: the same mails, edits and deadlines before every crash.

It is prepared once: two complaints of Monday, grown overdue, and on Friday morning new mail of every sort, a cell and a
row typed by staff, a summary due. `restore` brings mailbox, workbook, ledger and clock back to that moment.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from imapclient import IMAPClient
from servers.dovecot import Dovecot
from servers.smtp_sink import Sink
from stories.house import MONDAY, SHANGHAI, Hands, House, install

from mailbot import config as configuration
from mailbot.commands.init import Answers, set_up
from mailbot.core.model import End
from mailbot.daemon import Daemon
from mailbot.ledger.requests import AS_COMPLAINT
from mailbot.wiring import open_office

FRIDAY = datetime(2026, 5, 15, 8, 31, tzinfo=SHANGHAI)
"""Just after the summary's hour; what came on Monday is overdue."""
DEADLY = Path(__file__).parent / "deadly"
LAMP = "台灯HX-L11不亮了，请换货。订单号 881202601 电话13600004417"
TYPED = {"company": "万科物业", "description": "电话投诉：开关松动", "email": "wk@vanke.example"}
EDITED = {"batch": "0407-A", "owner": "张晓峰"}
EDITED_LATER = {"model": "HX-L11-B", "evidence": "照片已归档"}
"""What staff type while the bot lies dead."""
OVERDUE, QUIET = "CP-2026-000001", "CP-2026-000002"


@dataclass(slots=True)
class Scene:
    """The installation in `folder`, its servers, and copies of everything as it was at the moment."""

    folder: Path
    server: Dovecot
    sink: Sink
    kept: Path
    answered: list[bytes] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "config.toml"

    def restore(self) -> None:
        """Bring everything back to the moment."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept / "house", self.folder)
        box = self.server.mailbox()
        shutil.rmtree(box)
        subprocess.run(["cp", "-a", str(self.kept / "mailbox"), str(box)], check=True)
        self.sink.accepted[:] = self.answered

    def keep(self) -> None:
        """Take this as the moment."""
        shutil.copytree(self.folder, self.kept / "house")
        subprocess.run(["cp", "-a", str(self.server.mailbox()), str(self.kept / "mailbox")], check=True)
        self.answered = list(self.sink.accepted)

    def run(self, failpoint: str = "", die_at: str = "") -> subprocess.CompletedProcess[str]:
        """One round in a process of its own, on Friday morning; it may die at a failpoint or a change of a file."""
        environment = {
            **os.environ,
            "MAILBOT_CLOCK_OFFSET": str(FRIDAY.timestamp() - time.time()),
            "MAILBOT_FAILPOINT": failpoint,
            "DIE_AT": die_at,
            "PYTHONPATH": os.pathsep.join([str(DEADLY), *filter(None, [os.environ.get("PYTHONPATH")])]),
        }
        command = [sys.executable, "-m", "mailbot", "run", "--once", "--config", str(self.config)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    @contextmanager
    def house(self, now: datetime = FRIDAY) -> Iterator[House]:
        """The installation opened in this process, to look at or to work with."""
        clock = Hands(now)
        with open_office(configuration.load(self.config), clock) as office:
            daemon = Daemon(office, clock)
            yield House(folder=self.folder, server=self.server, sink=self.sink, clock=clock, daemon=daemon)

    def staff_type_later(self) -> None:
        """Staff go on working in the saved workbook, whatever state the bot is in."""
        with self.house() as house:
            house.staff_types(OVERDUE, **EDITED_LATER)

    def on_server(self, folder: str) -> list[bytes]:
        """The mails in a folder of the mailbox."""
        with IMAPClient("127.0.0.1", self.server.port, ssl=False) as client:
            client.login(self.server.user, self.server.password)
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            found = client.search("ALL")
            return [bytes(mail[b"BODY[]"]) for mail in client.fetch(found, ["BODY.PEEK[]"]).values()] if found else []


@contextmanager
def prepared(root: Path) -> Iterator[Scene]:
    """The scene, at the moment."""
    with Dovecot() as server, Sink() as sink:
        scene = Scene(folder=root / "house", server=server, sink=sink, kept=root / "kept")
        (root / "kept").mkdir()
        install(scene.folder, server, sink.port, {"history_sheet = false": "history_sheet = true"})
        (scene.folder / "register.xlsx").unlink()
        set_up(scene.folder, Answers(), ask=False)  # with the sheet of changes
        with scene.house(MONDAY) as house:
            _monday(house)
            house.clock.now = FRIDAY
            _friday(house)
            scene.mails = _arrived(scene)
        scene.keep()
        yield scene


def _monday(house: House) -> None:
    """Two complaints come, are registered and acknowledged."""
    house.daemon.start()
    house.customer_writes(LAMP, sender="于静 <yj@mailg.example>")
    house.customer_writes(LAMP.replace("台灯", "落地灯"), subject="落地灯坏了", sender="李明 <lm@mailg.example>")
    house.customer_writes("Please send your price list.", subject="Quotation", sender="Ann <ann@mailg.example>")
    house.customer_writes("Do you have a job for me? My CV is attached.", subject="Job", sender="b@mailg.example")
    assert house.round()
    assert [c.number for c in house.cases()] == [OVERDUE, QUIET]
    assert house.round()


def _friday(house: House) -> None:
    """New mail of every sort; staff type a cell and a row, and file two mails of Monday again."""
    for mail in house.office.ledger.mails.ended_as(End.NEEDS_HUMAN):
        house.office.ledger.requests.ask(mail.id, house.clock(), filing=AS_COMPLAINT)
    house.deliver(_with_picture(house))
    twice = house.customer_writes("插座 HX-S30 两个插孔没有电。", subject="插座没电", sender="周 <zhou@mailg.example>")
    house.deliver(twice.as_bytes())
    (receipt,) = house.letters("yj@mailg.example")
    house.customer_answers(receipt, "补充：批号印在底座上，照片随后寄。")
    house.customer_writes(
        "我正在休假，下周一回复。", subject="自动回复: 投诉", sender="lm@mailg.example", Auto_Submitted="auto-replied"
    )
    house.customer_writes("Please send your catalogue and a quotation.", subject="Quotation", sender="j@mailg.example")
    house.staff_types(OVERDUE, **EDITED)
    house.staff_adds_row(**TYPED)


def _with_picture(house: House) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "王敏 <wm@ruida.example>", house.server.user, "插头发热"
    mail["Date"], mail["Message-ID"] = format_datetime(FRIDAY), "<picture-1@ruida.example>"
    mail.set_content("插头 HX-P10 使用时发热，照片见附件。数量 3 个。")
    for name in ("a.jpg", "b.jpg"):
        mail.add_attachment(b"\xff\xd8\xff" + name.encode() * 3000, maintype="image", subtype="jpeg", filename=name)
    return mail.as_bytes()


def _arrived(scene: Scene) -> list[bytes]:
    """Every mail the server ever took, as it keeps them."""
    return scene.on_server("INBOX") + scene.on_server("Processed")
