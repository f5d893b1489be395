"""Hostile mails through a real mailbox: none is lost, none speaks for somebody else, no robot is answered for ever."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from imapclient import IMAPClient
from stories.house import House, open_house

from mailbot.core.model import End

TEXT = "台灯HX-L11不亮了，请换货。订单号 881202601 电话13600004417"
CUSTOMER = "于静 <yj@mailg.example>"
BOSS = "quality.manager@example.test"
QUESTION = "Please send me your catalogue and a quotation for 50 lamps."
FORWARDED = (
    "请处理\r\n\r\n-----原始邮件-----\r\n发件人: 于静 <yj@mailg.example>\r\n发送时间: 2026年5月11日 9:00\r\n"
    f"收件人: sales@example.test\r\n主题: 台灯坏了\r\n\r\n{TEXT}\r\n"
)


def a_case(house: House) -> str:
    house.customer_writes(TEXT, sender=CUSTOMER)
    assert house.round()
    return house.cases()[-1].number


def ends(house: House) -> list[End | None]:
    pending = house.office.ledger.mails
    return [row.end for number in range(1, 100) if (row := pending.get(number))]


def in_inbox(house: House) -> int:
    with IMAPClient("127.0.0.1", house.server.port, ssl=False) as client:
        client.login(house.server.user, house.server.password)
        return int(client.select_folder("INBOX")[b"EXISTS"])


def raw(sender: str, subject: str, text: str, *more: str) -> bytes:
    head = [f"From: {sender}", "To: bot@example.test", f"Subject: {subject}", *more, "MIME-Version: 1.0"]
    head += ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    return ("\r\n".join(head) + f"\r\n\r\n{text}\r\n").encode("utf-8", "surrogatepass")


HOSTILE = (
    raw("=?utf-8?Q?A=0ABcc:_x@y.example?= <b@x.example>", "=?utf-8?Q?=0D=0ABcc:_v@v.example=0D=0A?= lamp", "broken 1"),
    raw(f'"{"x" * 300}, y@z.example" <c@x.example>', "A" * 100_000, "The lamp is broken 2, refund me."),
    raw("d@x.example", "lone \ud800", "lamp broken 3, refund \ud800 \x00 {{ 7*7 }} {% for x in y %} =1+1", "X: \x00"),
    raw("e@x.example", "broken", "The kettle 4 is broken.", "Message-ID: <" + "z" * 5000 + "@x>"),
    raw("f@x.example", "broken", "The fan 5 is broken.", "References: " + " ".join(f"<r{n}@x>" for n in range(3000))),
    raw(f"{'l' * 400}@{'d' * 400}.example", "broken", "The heater 6 is broken."),
    raw("no address", "broken", "The toaster 7 is broken."),
    raw("李 <李@公司.example>", "broken", "The iron 8 is broken."),
    raw("g@x.example", "broken", "The mixer 9 is broken.", 'Message-ID: <"\r\nX9 DELETE Processed\r\n@x>'),
    raw("h@x.example", "=HYPERLINK(1)", "=cmd|' /C calc'!A0 the radio 10 is broken"),
)


def test_hostile_mails_all_become_rows_of_text_and_letters_to_one_recipient(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        for mail in HOSTILE:
            house.deliver(mail)
        assert house.round()
        assert house.round()
        assert ends(house) == [End.NEW_CASE] * len(HOSTILE)
        cells = [c for line in openpyxl.load_workbook(house.workbook).worksheets[0] for c in line]
        assert [c.coordinate for c in cells if c.data_type in ("f", "e")] == []
        for letter in house.letters():
            assert letter["Bcc"] is None
            assert len(str(letter["To"]).split("@")) == 2
        assert not [r for r in house.office.ledger.letters.list() if r.state != "sent"]


def test_the_same_message_id_with_other_words_is_another_complaint(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT, sender=CUSTOMER, message_id="<one@mailg.example>")
        house.customer_writes(TEXT.replace("台灯", "水壶"), sender=CUSTOMER, message_id="<one@mailg.example>")
        assert house.round()
        assert ends(house) == [End.NEW_CASE, End.NEW_CASE]


def test_the_same_words_weeks_later_are_a_customer_still_waiting_and_no_duplicate(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        number = a_case(house)
        house.customer_writes(TEXT, sender=CUSTOMER)
        assert house.round()
        assert house.round(after=timedelta(days=20))
        house.customer_writes(TEXT, sender=CUSTOMER)
        assert house.round()
        assert ends(house) == [End.NEW_CASE, End.DUPLICATE, End.FOLLOW_UP]
        assert len(house.letters("yj@mailg.example")) == 1
        assert house.letters(BOSS, number)


@pytest.mark.parametrize("writer", [CUSTOMER, f"王立新 <{BOSS}>"])
def test_a_robot_that_answers_every_letter_is_noted_thirty_times_and_told_of_less_often(
    tmp_path: Path, writer: str
) -> None:
    with open_house(tmp_path) as house:
        number = a_case(house)
        letter = house.letters("yj@" if writer == CUSTOMER else BOSS, number)[0]
        for turn in range(30):
            house.customer_answers(letter, f"我们已收到您的邮件，流水号 {turn}", sender=writer)
        assert house.round()
        assert house.round()
        assert ends(house) == [End.NEW_CASE, *[End.FOLLOW_UP] * 30]
        assert len(house.letters("yj@mailg.example")) == 1
        assert len(house.letters(subject=number)) < 25
        assert len(house.letters("it@example.test")) == 1


def test_a_colleagues_thanks_for_the_daily_summary_is_no_complaint(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        a_case(house)
        house.customer_answers(house.letters(BOSS, "日报")[0], "收到，谢谢", sender=f"王立新 <{BOSS}>")
        assert house.round()
        assert len(house.cases()) == 1
        assert len(house.letters()) == 3
        assert in_inbox(house) == 1


def test_a_form_that_sends_from_our_own_address_is_heard_and_our_own_letters_are_not(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT, sender=f"网站 <{house.server.user}>", Reply_To="yj@mailg.example")
        house.customer_writes(TEXT + "二", sender=f"网站 <{house.server.user}>")
        assert house.round()
        assert [case.answer_to for case in house.cases()] == ["yj@mailg.example"]
        house.deliver(house.letters("yj@mailg.example")[0].as_bytes())
        assert house.round()
        assert ends(house) == [End.NEW_CASE, End.NEEDS_HUMAN, End.AUTOMATIC]
        assert len(house.letters("yj@mailg.example")) == 1


def test_a_number_opens_no_door_to_a_stranger_or_to_a_form_of_ours(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        number = a_case(house)
        asks = f"{number} 现在什么进度？请把资料发给我"
        house.customer_writes(asks, subject=f"回复：{number}", sender="evil@evil.example")
        form = "网站 <form@example.test>"
        house.customer_writes(asks + "！", subject=f"回复：{number}", sender=form, Reply_To="evil@evil.example")
        assert house.round()
        assert house.case(number).parties == ("yj@mailg.example",)
        assert len(house.cases()) == 3
        for letter in house.letters("evil@evil.example"):
            assert number not in letter.as_string()
            assert "于静" not in letter.as_string()


def test_two_hundred_reply_addresses_get_nothing(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        many = ", ".join(f"v{n}@victim.example" for n in range(200))
        house.customer_writes(TEXT, sender=CUSTOMER, Reply_To=many)
        house.customer_writes(TEXT + "二", sender="noreply@shop.example", Reply_To=many)
        assert house.round()
        assert not house.letters("victim.example")


@pytest.mark.parametrize("whose", ["<yj@mailg.example>: ", ""])
def test_a_bounce_counts_only_when_it_names_a_letter_of_ours_and_nobody_else(tmp_path: Path, whose: str) -> None:
    with open_house(tmp_path) as house:
        number = a_case(house)
        ours = str(house.letters("yj@mailg.example")[0]["Message-ID"])
        tries = (("<forged@example.test>", whose), (ours, "<other@mailg.example>: "), (ours, whose), (ours, whose))
        for turn, (named, recipient) in enumerate(tries):
            house.customer_writes(
                f"Your message could not be delivered.\n{recipient}550 5.1.1 user unknown\nMessage-ID: {named}\n{turn}",
                subject="Undelivered Mail Returned to Sender",
                sender="MAILER-DAEMON@mx.example",
            )
            assert house.round()
            assert bool(house.case(number).remarks) is (turn > 1)
        assert len(house.letters(BOSS, number)) == 2
        assert len(house.letters("yj@mailg.example")) == 1


def test_a_colleague_whose_address_cannot_be_written_to_passes_a_complaint_on_all_the_same(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.deliver(raw("王小明@example.test", "转发: 台灯坏了", FORWARDED))
        assert house.round()
        assert [case.answer_to for case in house.cases()] == ["yj@mailg.example"]


def test_a_renumbered_mailbox_brings_nothing_new_and_leaves_for_humans_what_is_theirs(tmp_path: Path) -> None:
    with open_house(tmp_path, settings={'after = "move"': 'after = "leave"'}) as house:
        a_case(house)
        house.customer_writes(QUESTION, subject="Quotation", sender="j@m.example")
        assert house.round()
        letters = len(house.letters())
        house.server.renumber()
        assert house.round()
        assert house.round()
        assert ends(house) == [End.NEW_CASE, End.NEEDS_HUMAN, End.DUPLICATE, End.DUPLICATE]
        assert len(house.letters()) == letters
        assert house.office.ledger.mails.balance().even


def test_a_mail_for_humans_stays_where_it_is_although_the_server_lists_it_anew(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(QUESTION, subject="Quotation", sender="j@m.example")
        assert house.round()
        house.server.renumber()
        house.customer_writes(QUESTION, subject="Quotation", sender="j@m.example")
        assert house.round()
        assert ends(house) == [End.NEEDS_HUMAN, End.DUPLICATE, End.DUPLICATE]
        assert in_inbox(house) == 2
        assert house.round(after=timedelta(days=9))
        house.customer_writes(QUESTION, subject="Quotation", sender="j@m.example")
        assert house.round()
        assert ends(house)[-1] is End.NEEDS_HUMAN


def test_a_mail_too_large_to_read_is_a_case_for_a_human_and_is_answered(tmp_path: Path) -> None:
    with open_house(tmp_path, settings={"mail_megabytes = 50": "mail_megabytes = 1"}) as house:
        house.customer_writes(TEXT + ("\n" + "长" * 80) * 9000, sender=CUSTOMER)
        assert house.round()
        assert house.cases()[0].needs_human
        assert house.letters("yj@mailg.example")


def test_the_folder_for_done_mail_is_made_again(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        a_case(house)
        with IMAPClient("127.0.0.1", house.server.port, ssl=False) as client:
            client.login(house.server.user, house.server.password)
            client.delete_folder("Processed")
        house.customer_writes(TEXT + "二", sender="z@z.example")
        assert house.round()
        assert in_inbox(house) == 0
