"""The customers of the simulated year: who they are, what they write, how they answer our letters.

What they will do later is given to `later`, with the time.
"""

from __future__ import annotations

import email
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from random import Random
from typing import cast

from stories.test_branches import bounce_of
from year import phrases
from year.phrases import EN, TW, ZH
from year.plant import Plant, message_id
from year.post import Customer, Later, Post
from year.world import Posted, World

from mailbot.core.model import End, Language
from mailbot.ledger.letterstates import LetterRow

NEW = frozenset({End.NEW_CASE})
JOINS = frozenset({End.FOLLOW_UP})
AUTOMATIC = frozenset({End.AUTOMATIC})


@dataclass(slots=True)
class Customers:
    """All of them. `met` hears of each new one; `opinions` is what a customer said of a plan, for staff to type."""

    plant: Plant
    world: World
    chance: Random
    later: Later
    post: Post
    met: Callable[[str], None]
    everybody: list[Customer] = field(default_factory=list)
    opinions: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    _orders: int = 0
    _people: itertools.count[int] = field(default_factory=itertools.count)

    # ---- who -----------------------------------------------------------------------------------------------------

    def somebody(self) -> Customer:
        """A customer, often one who wrote before."""
        if self.everybody and self.chance.random() < 0.35:
            return self.chance.choice(self.everybody)
        self.everybody.append(self.newcomer())
        return self.everybody[-1]

    def newcomer(self) -> Customer:
        """A customer nobody has heard of yet."""
        chance, place = self.chance, next(self._people)
        language = chance.choices((ZH, TW, EN), (55, 15, 30))[0]
        if language is EN:
            name, word = (
                f"{chance.choice(phrases.FIRST)} {chance.choice('ABCDEFGH')}. Reed",
                chance.choice(phrases.ENGLISH),
            )
        else:
            name = chance.choice(phrases.SURNAMES) + chance.choice(phrases.GIVEN)
            word = "".join(chance.sample(phrases.SYLLABLES[language], 2))
        address = f"buyer{place}@customer{place}.example"
        self.met(address)
        return Customer(
            name=name,
            address=address,
            company=chance.choice(phrases.COMPANIES[language]).format(a=word),
            language=language,
            phone=f"0769-8{place:03}{chance.randrange(1000, 9999)}",
        )

    # ---- complaints ----------------------------------------------------------------------------------------------

    def complain(
        self,
        who: Customer | None = None,
        *,
        claim: bool = False,
        danger: bool = False,
        like: Posted | None = None,
        fault: str = "",
    ) -> Posted:
        """A complaint; `like`: about the same batch and fault as an earlier one."""
        who = who or (self.newcomer() if like else self.somebody())
        facts = self._facts(who, claim=claim, danger=danger)
        if like:
            facts |= {key: like.facts[key] for key in ("product", "model", "batch", "fault")}
        facts["fault"] = fault or facts["fault"]
        facts["defect"] = self._defect(who, facts, danger=danger)
        text = phrases.COMPLAINT[who.language].format(**facts)
        return self.post.write(who, phrases.SUBJECT[who.language].format(**facts), text, NEW, "complaint", facts=facts)

    def _facts(self, who: Customer, *, claim: bool, danger: bool) -> dict[str, str]:
        chance, language = self.chance, who.language
        self._orders += 1
        count = chance.randint(20, 400)
        wish = phrases.CLAIMS[language] if claim else chance.choice(phrases.WISHES[language])
        day = self.plant.clock.now - timedelta(days=chance.randint(1, 9))
        return {
            "day": f"{day:%d %B}" if language is EN else f"{day.month}月{day.day}日",
            "product": chance.choice(phrases.PRODUCTS[language]),
            "model": f"HX-{chance.choice('ABCDEFGHKLMP')}{chance.randint(100, 999)}",
            "batch": f"{chance.randint(2501, 2652)}{chance.choice('ABCDEF')}{self._orders:03}",
            "order": f"PO{26000000 + self._orders * 7}",
            "count": str(count),
            "fault": str(chance.randrange(8)),
            "bad": str(chance.randint(2, count // 4)),
            "wish": wish.format(money=chance.randint(3, 80) * 1000),
            "name": who.name,
            "company": who.company,
            "phone": who.phone,
        }

    def _defect(self, who: Customer, facts: dict[str, str], *, danger: bool) -> str:
        if danger:
            return phrases.DANGERS[who.language]
        known = phrases.DEFECTS[who.language]
        return known[int(facts["fault"]) % len(known)].format(**facts)

    def passed_on(self, colleague: str, address: str) -> None:
        """A colleague forwards a complaint he got himself."""
        who = self.newcomer()
        facts = self._facts(who, claim=False, danger=False)
        facts["defect"] = self._defect(who, facts, danger=False)
        text, subject = phrases.COMPLAINT[who.language].format(**facts), phrases.SUBJECT[who.language].format(**facts)
        now = self.plant.clock.now
        when = f"{now.year}年{now.month}月{now.day}日 08:10"
        head = f"发件人：{who.name} <{who.address}>\n发送时间：{when}\n收件人：{colleague}"
        quoted = f"请处理，谢谢。\n\n---------- 转发邮件 ----------\n{head}\n主题：{subject}\n\n{text}\n"
        staff = Customer(name=colleague, address=address, company="", language=ZH, phone="")
        self.post.write(
            staff, f"Fw: {subject}", quoted, NEW, "passed on by a colleague", facts=facts, acked=who.address
        )

    def about_something_else(self) -> None:
        """A mail that is no complaint."""
        subject, text = self.chance.choice(phrases.OTHERS)
        self.post.mails += 1
        text = f"{text}\n\nNo. {self.post.mails}"
        self.post.write(self.newcomer(), subject, text, frozenset({End.NEEDS_HUMAN}), "no complaint")

    def newsletter(self) -> None:
        """Bulk mail."""
        text = f"This week's offers for your factory, no. {self.post.mails}. Unsubscribe at any time."
        headers = {
            "List-Unsubscribe": "<mailto:off@news.example>",
            "List-Id": "<offers.news.example>",
            "Precedence": "bulk",
        }
        who = Customer(name="Offers", address="news@news.example", company="", language=EN, phone="")
        self.post.write(who, "Weekly offers", text, AUTOMATIC, "newsletter", **headers)

    def flood(self) -> None:
        """One robot complains nine times within an hour: registered, but not all of it answered."""
        who = self.newcomer()
        for n in range(9):
            self.later(self.plant.clock.now + timedelta(minutes=4 * n), lambda: self._of_flood(who))

    def _of_flood(self, who: Customer) -> None:
        self.complain(who).flood = True

    # ---- answers to our letters ----------------------------------------------------------------------------------

    def hear(self, letter: LetterRow, raw: bytes) -> None:
        """A letter of ours reached somebody outside; decide what he does about it, and when."""
        act = {
            "acknowledgement": self._receipt,
            "ask_again": self._asked,
            "plan": self._plan,
            "satisfaction": self._grade,
            "closed": self._closed,
        }.get(letter.kind)
        if act is not None and not self.silent:
            act(letter, raw)

    def _receipt(self, letter: LetterRow, raw: bytes) -> None:
        luck = self.chance.random()
        if luck < 0.04:
            self._soon(lambda: self._out_of_office(letter, raw), minutes=3)
        elif luck < 0.06:
            self._soon(lambda: self._comes_back(letter), minutes=9)
        elif luck < 0.26:
            self._soon(lambda: self._answer(letter, raw, phrases.MORE), hours=self.chance.randint(2, 70))
        elif luck < 0.30:
            self._soon(lambda: self._answer(letter, raw, phrases.THANKS), hours=1)

    def _asked(self, letter: LetterRow, raw: bytes) -> None:
        if self.chance.random() < 0.5:
            self._soon(lambda: self._answer(letter, raw, phrases.MORE), hours=self.chance.randint(2, 70))

    def _plan(self, letter: LetterRow, raw: bytes) -> None:
        accepts = self.chance.random() < 0.88
        said = phrases.ACCEPTS if accepts else phrases.REJECTS

        def answers() -> None:
            self.opinions[letter.case] = "接受" if accepts else "不接受"
            self._answer(letter, raw, said)

        if self.chance.random() < 0.85:
            self._soon(answers, hours=self.chance.randint(3, 60))

    def _grade(self, letter: LetterRow, raw: bytes) -> None:
        grade = self.chance.choices((1, 2, 3, 4, 5), (3, 3, 14, 40, 40))[0]
        if self.chance.random() < 0.7:
            said = {language: text.format(n=grade) for language, text in phrases.GRADES.items()}
            self._soon(lambda: self._answer(letter, raw, said), hours=self.chance.randint(2, 90))

    def _closed(self, letter: LetterRow, raw: bytes) -> None:
        luck = self.chance.random()
        if luck < 0.25:
            self._soon(lambda: self._answer(letter, raw, phrases.THANKS, thanks=True), hours=self.chance.randint(2, 40))
        elif luck < 0.29:
            self._soon(lambda: self._answer(letter, raw, phrases.AGAIN), hours=self.chance.randint(30, 300))

    def _answer(self, letter: LetterRow, raw: bytes, said: dict[Language, str], *, thanks: bool = False) -> None:
        who = next(c for c in (*self.everybody, self._unknown(letter)) if c.address == letter.recipient)
        posted = self.answer(letter, raw, said[who.language], who, JOINS, "answer")
        posted.case, posted.thanks = letter.case, thanks

    def answer(
        self, letter: LetterRow, raw: bytes, said: str, who: Customer, ends: frozenset[End], sort: str
    ) -> Posted:
        """Answer a letter of ours, which is quoted below as mail programs do."""
        ours = cast(EmailMessage, email.message_from_bytes(raw, policy=policy.default))
        body = ours.get_body(("plain",))
        quoted = "\n".join(f"> {line}" for line in str(body.get_content() if body else "").splitlines())
        head = "On that day we wrote:" if who.language is EN else f"在 2026年，{self.world.mailbox} 写道："
        reply = {"In-Reply-To": str(ours["Message-ID"]), "References": str(ours["Message-ID"])}
        subject = f"{'Re' if who.language is EN else '回复'}: {ours['Subject']}"
        return self.post.write(who, subject, f"{said}\n\n{head}\n{quoted}\n", ends, sort, **reply)

    def _unknown(self, letter: LetterRow) -> Customer:
        return Customer(name="", address=letter.recipient, company="", language=ZH, phone="")

    def _out_of_office(self, letter: LetterRow, raw: bytes) -> None:
        who = self._unknown(letter)
        subject, text = phrases.AWAY[self.chance.choice((ZH, TW, EN))]
        headers = {"Auto-Submitted": "auto-replied", "In-Reply-To": message_id(raw), "References": message_id(raw)}
        self.post.write(who, subject, text, AUTOMATIC, "out of office", **headers)

    def _comes_back(self, letter: LetterRow) -> None:
        self.post.put(bounce_of(letter.message_id, letter.recipient, self.world.mailbox), AUTOMATIC, "bounce")
        self.world.bounced.add(letter.message_id)

    def _soon(self, act: Callable[[], None], *, hours: int = 0, minutes: int = 0) -> None:
        self.later(self.plant.clock.now + timedelta(hours=hours, minutes=minutes), act)
