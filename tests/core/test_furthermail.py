from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from builders import CUSTOMER, MONDAY, NUMBER, a_case, a_reply, a_verdict, edited, kinds, the_procedure

from mailbot.core.casework import add_mail, note_automatic, note_bounce, note_colleague, note_repeated
from mailbot.core.model import Case, Decision, Mailbox, MailKind, ReadMail, Reason
from mailbot.core.supplement import score

PROCEDURE = the_procedure()
LATER = MONDAY + timedelta(days=3)
DANGER = a_verdict(nature="safety", severity="critical", emergency=True)


def join(case: Case, mail: ReadMail | str, *, complains: bool = False, verdict: Any = None) -> Decision:
    mail = mail if isinstance(mail, ReadMail) else a_reply(mail)
    return add_mail(case, mail, LATER, LATER, PROCEDURE, complains=complains, verdict=verdict)


def test_a_further_mail_fills_what_is_empty_and_overwrites_nothing() -> None:
    case = a_case(batch="B1", quantity=3)
    decision = join(
        case, a_reply("x", fields={"batch": "B2", "quantity": 3.0, "model": "L-9", "phone": "", "demand": ("replace",)})
    )
    values = decision.case.values
    assert (values["batch"], values["quantity"], values["model"], values["demand"]) == ("B1", 3, "L-9", "replace")
    assert "phone" not in values
    assert decision.case.remarks == (
        "2026-03-05 10:00 客户来信补充，请查看。",
        "客户来信中的“批号”是“B2”，与表中不同，请核对。",
    )
    assert decision.events[0].facts["filled"] == {"model": "L-9", "demand": "replace"}


@pytest.mark.parametrize(
    ("known", "said"),
    [("ab 12", "AB12"), (100, 100.0), (date(2026, 3, 1), "2026-03-01"), ("2026-03-01 00:00", date(2026, 3, 1))],
)
def test_another_spelling_is_no_difference(known: Any, said: Any) -> None:
    decision = join(a_case(batch=known), a_reply("x", fields={"batch": said, "no_such_column": "x"}))
    assert len(decision.case.remarks) == 1


def test_a_column_the_company_gave_up_is_not_spoken_of() -> None:
    case = a_case(no_such_column="a")
    assert len(join(case, a_reply("x", fields={"no_such_column": "b"})).case.remarks) == 1


def test_a_cell_that_could_not_be_understood_is_left_to_staff() -> None:
    case = replace(a_case(), misfits={"quantity": "many"})
    assert join(case, a_reply("x", fields={"quantity": 9})).case.values.get("quantity") is None


def test_whoever_acts_hears_of_it_with_the_text() -> None:
    decision = join(a_case(owner="Quality Engineer"), "还是不亮")
    (letter,) = [o for o in decision.letters if o.kind == "follow_up_notice"]
    assert (letter.to.name, letter.facts["said"], letter.facts["customer"]) == ("Quality Engineer", "还是不亮", "李伟")


def test_the_writer_and_his_mail_belong_to_the_case_from_now_on() -> None:
    mail = a_reply("x", customer=Mailbox(address="Wang@customer.example"))
    case = join(a_case(), mail).case
    assert case.parties == (CUSTOMER, "wang@customer.example")
    assert case.thread[-1] == mail.message_id
    assert join(case, replace(mail, message_id="", content_hash="other")).case.parties == case.parties


def test_a_thank_you_leaves_a_closed_case_closed() -> None:
    decision = join(a_case("closed"), "谢谢！")
    assert not decision.case.open
    assert kinds(decision) == ["follow_up_notice"]


def test_a_real_complaint_reopens_a_closed_case_and_says_so() -> None:
    decision = join(a_case("closed"), "又坏了，要求换货", complains=True)
    case = decision.case
    assert (case.open, case.stage, case.visit.number) == (True, "assessment", 2)
    assert case.values["assessed_on"] is None
    assert kinds(decision) == ["reopened", "follow_up_notice", "assignment"]
    assert "客户再次投诉，案件已重新打开。" in case.remarks
    assert [e.facts for e in decision.events if e.kind == "reopened"] == [{"stage": "assessment", "why": "reopened"}]


def test_the_letter_about_a_reopened_claim_is_held() -> None:
    case = a_case("closed", claim_type="claim")
    assert [o.hold for o in join(case, "又坏了", complains=True).letters if o.kind == "reopened"] == ["claim"]


def test_a_case_reopened_twice_is_written_about_twice() -> None:
    case = join(a_case("closed"), "又坏了", complains=True).case
    again = replace(a_case("closed"), done=case.done, visits=(*case.visits, *a_case("closed").visits[-1:]))
    again = replace(again, visits=(*again.visits[:-1], replace(again.visits[-1], number=2)))
    assert "reopened" in kinds(join(again, "还是坏的", complains=True))


@pytest.mark.parametrize(("text", "given"), [("5", 5), ("4分，谢谢", 4)])
def test_satisfaction_is_taken_from_the_answer_once_it_was_asked(text: str, given: int) -> None:
    assert join(a_case("closing"), text).case.values["satisfaction"] == given
    assert join(a_case("closed"), text).case.values["satisfaction"] == given
    assert not join(a_case("closed"), text).case.open
    assert "satisfaction" not in join(a_case("plan"), text).case.values
    assert join(a_case("closing", satisfaction=3), text).case.values["satisfaction"] == 3


def test_low_satisfaction_reopens_a_closed_case() -> None:
    decision = join(a_case("closed"), "1")
    assert decision.case.stage == "improvement"
    assert "客户不满意，案件已重新打开。" in decision.case.remarks
    assert "reopened" in kinds(decision)
    planning = edited(decision.case, improvement="培训")
    assert planning.case.stage == "plan"
    assert [kind for kind in kinds(planning) if kind != "assignment"] == ["stage_news"]  # he knows that it is open


def test_low_satisfaction_in_a_running_case_waits_for_its_closing() -> None:
    assert join(a_case("closing"), "2").case.stage == "closing"


def test_a_low_score_known_before_does_not_reopen_at_every_thank_you() -> None:
    assert not join(a_case("closed", satisfaction=1), "谢谢").case.open


def test_where_the_file_names_no_stage_low_satisfaction_reopens_nothing() -> None:
    stages = PROCEDURE.stages.model_copy(update={"dissatisfied": ""})
    case = a_case("closed")
    quiet = replace(PROCEDURE, stages=stages)
    assert not add_mail(case, a_reply("1"), LATER, LATER, quiet, complains=False).case.open


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("5", 5),
        ("５", 5),
        (" 4 ", 4),
        ("4分", 4),
        ("3。", 3),
        ("评分：2", 2),
        ("满意度: 5 分，服务很好", 5),
        ("我给5分！", 5),
        ("5/5 thanks", 5),
        ("4 stars", 4),
        ("4 out of 5", 4),
        ("您好！\n5\n谢谢", 5),
        ("非常满意", 5),
        ("满意，谢谢", 4),
        ("非常不满意！", 1),
        ("不滿意", 2),
        ("Very satisfied.", 5),
        ("Rating 3", 3),
        ("", None),
        ("0", None),
        ("6", None),
        ("45", None),
        ("5 件又坏了", None),
        ("1. 外壳裂了\n2. 灯不亮", None),
        ("1) the housing", None),
        ("5 pieces are broken", None),
        ("2026-03-05", None),
        ("3天内回复", None),
        ("对结果不满意的地方很多", None),
        ("你好\n最近\n很忙\n5", None),
        ("5.5", None),
    ],
)
def test_a_score_is_read_only_where_nothing_else_may_be_meant(text: str, given: int | None) -> None:
    assert score(text) == given


def test_danger_in_a_further_mail_raises_the_severity_and_the_alarm() -> None:
    decision = join(a_case(), "现在冒烟了", complains=True, verdict=DANGER)
    assert decision.case.values["severity"] == "critical"
    assert kinds(decision).count("emergency") == 3
    assert "客户来信的内容更严重，“严重程度”已改为“严重”，请核对。" in decision.case.remarks
    assert [e.facts for e in decision.events if e.kind == "judged_graver"] == [
        {"column": "severity", "old": "normal", "new": "critical"}
    ]


def test_the_rules_that_raised_a_case_join_its_reasons() -> None:
    smoke = Reason(rule="danger", sets="critical", words=("冒烟",), version="2026-02")
    verdict = replace(DANGER, reasons=(smoke, Reason(rule="goods", sets="appeal")))
    case = a_case()
    raised = join(case, "又冒烟了！", complains=True, verdict=verdict).case
    assert raised.reasons == (*case.reasons, smoke)
    assert join(raised, "还在冒烟！", complains=True, verdict=verdict).case.reasons == raised.reasons


def test_what_staff_decided_after_the_alarm_stays() -> None:
    case = join(a_case(), "现在冒烟了", complains=True, verdict=DANGER).case
    lowered = edited(case, severity="normal").case
    again = join(lowered, "又冒烟了", complains=True, verdict=DANGER)
    assert again.case.values["severity"] == "normal"
    assert kinds(again) == ["follow_up_notice"]


def test_compensation_asked_later_makes_a_claim_once() -> None:
    claim = a_verdict(claim_type="claim")
    case = join(a_case(), "要求赔偿", complains=True, verdict=claim).case
    assert case.values["claim_type"] == "claim"
    appeal = edited(case, claim_type="appeal").case
    assert join(appeal, "要求赔偿", complains=True, verdict=claim).case.values["claim_type"] == "appeal"
    was_one = a_case(claim_type="claim")
    assert len(join(was_one, "要求赔偿", complains=True, verdict=claim).case.remarks) == 1


def test_a_mail_that_does_not_complain_changes_no_verdict() -> None:
    assert join(a_case(), "没有冒烟", verdict=DANGER).case.values["severity"] == "normal"
    mild = join(a_case(severity="urgent"), "x", complains=True, verdict=a_verdict())
    assert mild.case.values["severity"] == "urgent"


def test_a_mail_that_fills_the_last_gap_moves_the_case_on() -> None:
    stages = PROCEDURE.stages.model_copy(
        update={
            "stage": tuple(
                s.model_copy(update={"requires": ("batch",)}) if s.key == "root_cause" else s
                for s in PROCEDURE.stages.stage
            )
        }
    )
    stages.__dict__.pop("by_key", None)
    procedure = replace(PROCEDURE, stages=stages)
    case = a_case("root_cause", analysed_on=MONDAY.date())
    moved = add_mail(case, a_reply("x", fields={"batch": "B1"}), LATER, LATER, procedure, complains=False)
    assert moved.case.stage == "plan"


def test_those_the_customer_copies_belong_to_the_case() -> None:
    mail = a_reply("x")
    case = add_mail(
        a_case(), mail, LATER, LATER, PROCEDURE, complains=False, parties=(CUSTOMER, "boss@other.example")
    ).case
    assert case.parties == (CUSTOMER, "boss@other.example")
    assert case.heard_at == LATER


def test_an_older_mail_that_comes_late_does_not_turn_the_time_back() -> None:
    case = add_mail(replace(a_case(), heard_at=LATER), a_reply("x"), MONDAY, LATER, PROCEDURE, complains=False).case
    assert case.heard_at == LATER


def test_who_passes_a_further_mail_on_is_told_the_number_once() -> None:
    mail = a_reply("x", forwarded_by="sales@company.example")
    decision = join(a_case(), mail)
    assert kinds(decision) == ["follow_up_notice", "forwarder_notice"]
    again = replace(mail, message_id="<b@x>")
    assert kinds(join(decision.case, again)) == ["follow_up_notice"]


def test_what_was_presumed_and_is_said_now_is_presumed_no_more() -> None:
    case = replace(a_case(phone="1", company="A"), presumed=("phone", "company"))
    joined = join(case, a_reply("x", fields={"phone": "1", "company": "B"})).case
    assert joined.presumed == ("company",)
    assert edited(case, company="A").case.presumed == ("phone",)


def test_a_colleagues_word_is_kept_and_changes_nothing() -> None:
    mail = a_reply("批号0407", sender=Mailbox(address="sales@company.example"), fields={"batch": "0407"})
    decision = note_colleague(a_case("closed"), mail, LATER, LATER, PROCEDURE)
    assert (decision.letters, decision.case.open, decision.case.values.get("batch")) == ((), False, None)
    assert decision.case.thread[-1] == mail.message_id
    assert "同事 sales@company.example 就本案来信" in decision.case.remarks[-1]
    assert (
        note_colleague(a_case(), replace(mail, message_id=""), LATER, LATER, PROCEDURE).case.thread == a_case().thread
    )


def test_the_same_mail_once_more_is_shown_in_an_open_row_only() -> None:
    decision = note_repeated(a_case(), a_reply("x"), LATER, LATER, PROCEDURE)
    assert "又发了一次" in decision.case.remarks[-1]
    assert [event.kind for event in decision.events] == ["mail_repeated"]
    closed = a_case("closed")
    assert note_repeated(closed, a_reply("x"), LATER, LATER, PROCEDURE).case == closed


def test_an_automatic_answer_changes_nothing() -> None:
    mail = a_reply("我在休假", kind=MailKind.AUTO_REPLY)
    decision = note_automatic(a_case(), mail, LATER)
    assert (decision.case, decision.letters) == (a_case(), ())
    assert decision.events[0].facts["kind"] == "auto_reply"


def test_a_letter_that_came_back_is_told_once_for_its_kind() -> None:
    decision = note_bounce(a_case(), CUSTOMER, "plan", "550 no such user", LATER, PROCEDURE)
    assert kinds(decision) == ["bounce_notice"]
    assert decision.letters[0].facts["why"] == "550 no such user"
    assert [r for r in decision.case.remarks if CUSTOMER in r]
    again = note_bounce(decision.case, CUSTOMER, "plan", "550", LATER, PROCEDURE)
    assert kinds(again) == []
    assert again.events[0].kind == "letter_bounced"
    closed = note_bounce(a_case("closed"), CUSTOMER, "closed", "550", LATER, PROCEDURE)
    assert kinds(closed) == ["bounce_notice"]
    assert decision.case.number == NUMBER
