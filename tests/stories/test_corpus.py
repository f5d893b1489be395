"""A whole corpus through a real mailbox: who gets a row, who gets an answer, and that a second look adds nothing.

Every conversation is answered turn by turn, as a customer would answer the letters really sent. The gold records say
what a careful clerk makes of each mail.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from stories.corpus_post import Post, answering, posts
from stories.house import House, open_house

from mailbot import config as configuration
from mailbot.core.model import End
from mailbot.daemon import Daemon
from mailbot.ledger.letterstates import LetterRow
from mailbot.ledger.mails import MailRow
from mailbot.shipped import shipped
from mailbot.wiring import open_office

SETTINGS = {
    'domains = ["example.test"]': 'domains = ["huaxin-mfg.example", "huaxin-mfg.example.cn"]',
    "aliases = []": 'aliases = ["complaints@huaxin-mfg.example"]',
    'after = "move"': 'after = "leave"',
    "per_address_per_day = 3": "per_address_per_day = 99",
    "per_hour = 60": "per_hour = 999",
}
"""Mails stay in the inbox, so that all of them are looked at again."""

MISJUDGED = {
    "48-thanks.eml": "says thank you for a repair and names the fault that is gone",
    "67-en-happy-sailor.eml": "praises, and names what other makers' goods do",
    "69-en-overdue-invoice.eml": "chases a payment",
    "c12-other-supplier-late.eml": "a supplier's excuse for being late",
    "e11-followup-batch.eml": "answers in a conversation that began elsewhere: a row of its own",
    "70-list-en-fair.eml": "sells a stand at a fair, with none of a list's headers",
}
"""Mails known to be taken for something else, with the reason."""

DAY = timedelta(days=1)
NEVER_ANSWERED = ("auto_reply", "bounce", "list", "other")


@dataclass(slots=True)
class Run:
    """A corpus that went through the house."""

    house: House
    posts: list[Post]
    delivered: dict[str, bytes] = field(default_factory=dict)

    def mail(self, name: str) -> MailRow:
        """What the ledger says of a mail."""
        (row,) = self.house.office.ledger.mails.same_bytes(hashlib.sha256(self.delivered[name]).hexdigest())
        return row

    def of_kind(self, *kinds: str) -> list[Post]:
        """The mails of these kinds that are judged rightly."""
        return [p for p in self.posts if p.kind in kinds and p.name not in MISJUDGED]

    def receipts(self) -> dict[str, LetterRow]:
        """The acknowledgement of each case."""
        letters = self.house.office.ledger.letters.list()
        return {m.case: m for m in letters if m.kind == "acknowledgement"}


@pytest.fixture(scope="module", params=["complaints", "held_out/dev", "voices/dev", "strangers/dev"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with open_house(tmp_path_factory.mktemp("house"), settings=SETTINGS) as house:
        yield played(house, request.param)


def played(house: House, part: str) -> Run:
    """Deliver turn after turn, a day and a round between them."""
    run = Run(house=house, posts=list(posts(part)))
    for turn in range(max(p.turn for p in run.posts) + 1):
        for post in run.posts:
            if post.turn == turn:
                run.delivered[post.name] = as_answered(run, post)
                house.deliver(run.delivered[post.name])
        assert house.round(after=DAY)
    return run


def as_answered(run: Run, post: Post) -> bytes:
    """The mail, replying to the receipt its conversation really got."""
    if not post.turn:
        return post.raw
    case = run.mail(post.first).case
    return answering(post.raw, case, run.receipts()[case].message_id) if case else post.raw


@pytest.mark.timeout(300)
def test_every_complaint_gets_a_row_and_nothing_else_does(run: Run) -> None:
    opened = {p.name for p in run.posts if run.mail(p.name).end is End.NEW_CASE}
    complaints = {p.name for p in run.posts if p.kind == "complaint"}
    assert opened ^ complaints <= MISJUDGED.keys()
    cases = [run.mail(name).case for name in sorted(opened)]
    assert len(set(cases)) == len(cases)
    numbers = [row[run.house.heading("number")] for row in run.house.table()]
    assert sorted(numbers) == sorted(filter(None, cases))


def test_further_mails_join_the_case_of_their_conversation(run: Run) -> None:
    joined = {p.name: (run.mail(p.name).end, run.mail(p.name).case) for p in run.of_kind("follow_up")}
    assert joined == {p.name: (End.FOLLOW_UP, run.mail(p.first).case) for p in run.of_kind("follow_up")}


def test_each_complaint_is_acknowledged_once_to_the_customer_and_in_his_language(run: Run) -> None:
    arrived = Counter(str(letter["Message-ID"]) for letter in run.house.letters())
    receipts = run.receipts()
    wrong: list[object] = []
    for post in run.of_kind("complaint"):
        receipt = receipts[str(run.mail(post.name).case)]
        subject = receipt_subject(post.gold["language"], receipt.case)
        right = (post.gold["fields"].get("email"), subject, 1)
        if (found := (receipt.recipient, receipt.subject, arrived[receipt.message_id])) != right:
            wrong.append((post.name, found, right))
    assert not wrong
    assert set(arrived.values()) == {1}


def receipt_subject(language: str, number: str) -> str:
    """The subject of a receipt, as the letter's file has it."""
    line = (shipped("templates") / language / "acknowledgement.txt").read_text(encoding="utf-8").splitlines()[0]
    return line.removeprefix("Subject: ").replace("{{ number }}", number)


def test_robots_newsletters_and_mere_enquiries_are_never_answered(run: Run) -> None:
    customers = {p.gold["fields"].get("email") for p in run.of_kind("complaint", "follow_up")}
    written_to = {m.recipient for m in run.house.office.ledger.letters.list()} - customers
    for post in run.of_kind(*NEVER_ANSWERED):
        assert run.mail(post.name).end in (End.AUTOMATIC, End.NEEDS_HUMAN)
        assert post.gold["sender"]["address"].casefold() not in written_to, post.name


def test_an_outsider_who_quotes_a_number_gets_a_row_of_his_own_and_learns_nothing(run: Run) -> None:
    for post in (p for p in run.posts if p.gold.get("hijack")):
        own, victim = str(run.mail(post.name).case), str(run.mail(post.first).case)
        assert own != victim
        assert any(victim in remark for remark in run.house.case(own).remarks)
        for letter in run.house.letters(post.gold["fields"]["email"]):
            # The number he quoted himself must not come back to him, nor anything of the case.
            assert victim not in text_of(letter)
            assert run.house.case(victim).answer_to not in text_of(letter)
        mails = [m.id for m in run.house.office.ledger.mails.of_case(victim)]
        assert run.mail(post.name).id not in mails


def text_of(letter: Any) -> str:
    """Everything a letter says, its headers included."""
    bodies = (letter.get_body((kind,)) for kind in ("plain", "html"))
    return "\n".join([*map(str, letter.values()), *(b.get_content() for b in bodies if b)])


def test_every_mail_has_an_end(run: Run) -> None:
    balance = run.house.office.ledger.mails.balance()
    assert balance.even
    assert (balance.received, balance.unfinished) == (len(run.posts), 0)
    assert not balance.by_end.get(End.QUARANTINED)


def test_a_restart_and_a_renumbered_mailbox_add_no_row_letter_or_case(run: Run) -> None:
    before = tally(run.house)
    for disturb in (lambda: None, run.house.server.renumber):
        looked_at_again(run.house, disturb)
        assert tally(run.house) == before
    mails = run.house.office.ledger.mails.balance()
    assert (mails.received, mails.by_end[End.DUPLICATE]) == (2 * len(run.posts), len(run.posts))


def looked_at_again(house: House, disturb: Callable[[], object]) -> None:
    """Two rounds of a program started anew over the same ledger."""
    disturb()
    with open_office(configuration.load(house.folder / "config.toml"), house.clock) as office:
        daemon = Daemon(office, house.clock)
        daemon.start()
        assert daemon.round()
        assert daemon.round()


def tally(house: House) -> object:
    """What must not grow: cases with their history, letters, rows."""
    ledger = house.office.ledger
    cases = {c.number: len(ledger.cases.history(c.number)) for c in house.cases()}
    return cases, len(ledger.letters.list()), len(house.letters()), house.table()


def test_mail_nobody_has_looked_at_goes_through_whole(tmp_path: Path) -> None:
    with open_house(tmp_path, settings=SETTINGS) as house:
        run = played(house, "held_out/test")
        balance = house.office.ledger.mails.balance()
        assert (balance.even, balance.unfinished, balance.received) == (True, 0, len(run.posts))
        assert not balance.by_end.get(End.QUARANTINED)
        before = tally(house)
        looked_at_again(house, house.server.renumber)
        assert tally(house) == before
