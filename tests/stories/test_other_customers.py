"""What one complaint means for others: repeats, other customers of the batch, words that must not be told."""

from __future__ import annotations

from pathlib import Path

import pytest
from stories.house import House, open_house

from mailbot.commands.outbox import act_on, show_letter
from mailbot.core.rulefile import FileProblems

COMPLAINT = """华信客服：

我司产线使用贵司连接器时发现不良：
产品名称：线对板连接器
型号：HX-C254-8P
批号：0012
数量：500个中有23个不良
不良现象：端子退位，导通不良。
请安排换货。

{signature}
"""
RUIDA = "王敏\n瑞达电子（东莞）有限公司 品质部\n电话：0769-8800 0152"
ZHONGQI = "杨帆\n中启精密（苏州）有限公司 品质部\n电话：0512-8800 0155"


def complain(house: House, signature: str, sender: str) -> str:
    house.customer_writes(COMPLAINT.format(signature=signature), subject="端子不良", sender=sender)
    assert house.round()
    return house.cases()[-1].number


def text_of(letter: object) -> str:
    return str(letter.get_body(("plain",)).get_content())  # type: ignore[attr-defined]


def close(house: House, number: str) -> None:
    """Staff take a case the whole way."""
    house.staff_types(number, owner="张晓峰", responsibility="我司", severity="一般", assessed_on=house.today())
    house.staff_types(number, cause_main="铆压高度不足", evidence="IQC-0512", analysed_on=house.today())
    assert house.round()
    plan = {"corrective": "调模", "preventive": "首件", "implementation_due": house.today(), "approved_by": "王立新"}
    house.staff_types(number, **plan, note_to_customer="我们将更换。", planned_on=house.today(), plan_answer="接受")
    assert house.round()
    house.staff_types(number, implemented_by="张晓峰", implemented_on=house.today())
    house.staff_types(number, verified_by="王立新", verification="OK", customer_confirmation="OK")
    house.staff_types(number, result="已换货", validity="有效", closed_on=house.today())
    assert house.round()
    assert house.case(number).stage == "closed"


def test_a_repeat_is_named_reopens_the_verified_action_and_shows_who_else_has_the_batch(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        shipments = "批号,客户,数量,出货日期\n0012,瑞达电子,500,2026-04-02\n0012,长风汽车,300,2026-04-03\n"
        (tmp_path / "rules" / "shipments.csv").write_bytes(shipments.encode("gb18030"))
        first = complain(house, RUIDA, "王敏 <wangmin@ruida-dz.example>")
        assert house.row(first)["similar"] is None
        assert "长风汽车 300" in str(house.row(first)["bot_note"])
        assert "长风汽车" in text_of(house.letters("quality.manager@example.test", first)[0])
        close(house, first)
        customers_letters = len(house.letters("wangmin@ruida-dz.example"))

        house.new_letters()
        second = complain(house, ZHONGQI, "杨帆 <yangfan@zhongqi.example>")
        assert first in str(house.row(second)["similar"])
        assert "批号" in str(house.row(second)["similar"])
        (assigned,) = house.letters("quality.manager@example.test", second)
        assert first in text_of(assigned)
        assert house.case(first).stage == "root_cause"
        row = house.row(first)
        assert (row["stage"], row["verification"]) == ("原因分析", None)
        assert second in str(row["bot_note"])
        (told,) = [m for m in house.new_letters() if str(m["To"]).count("quality.engineer")]
        assert second in text_of(told)
        assert [e.facts["by"] for e in house.office.ledger.cases.history(first) if e.kind == "recurred"] == [second]
        assert len(house.letters("wangmin@ruida-dz.example")) == customers_letters

        third = complain(house, "李工\n长风汽车", "李工 <li@changfeng.example>")
        assert second in str(house.row(third)["similar"])
        assert house.case(first).visit.number == 2


def test_words_about_another_customer_or_of_guilt_wait_until_a_human_releases_them(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        complain(house, RUIDA, "王敏 <wangmin@ruida-dz.example>")
        number = complain(house, ZHONGQI, "杨帆 <yangfan@zhongqi.example>")
        house.staff_types(number, owner="张晓峰", responsibility="我司", severity="一般")
        words = "瑞达电子也有同样的问题，是我们的责任。"
        house.staff_types(number, note_to_customer=words, assessed_on=house.today())
        house.new_letters()
        assert house.round()
        assert house.case(number).stage == "root_cause"
        assert len(house.letters("yangfan@zhongqi.example")) == 1  # the receipt
        (held,) = house.office.ledger.letters.list("held")
        assert "瑞达电子（东莞）有限公司" in held.hold
        assert "是我们的责任" in held.hold
        row = house.row(number)
        assert "mailbot outbox" in str(row["bot_note"])
        assert row["first_answer_on"] is None
        told = [m for m in house.new_letters() if "未发出" in str(m["Subject"])]
        assert [str(m["To"]).count("quality.engineer") for m in told] == [1]
        assert "是我们的责任" in text_of(told[0])
        assert "请管理员查看（mailbot outbox），决定发出或作废。" in text_of(told[0])


@pytest.mark.parametrize(("verb", "sent"), [("release", 1), ("drop", 0)])
def test_a_held_letter_can_be_read_and_the_row_forgets_it_when_it_was_decided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str, sent: int
) -> None:
    with open_house(tmp_path) as house:
        number = complain(house, ZHONGQI, "杨帆 <yangfan@zhongqi.example>")
        house.staff_types(number, owner="张晓峰", responsibility="我司", severity="一般")
        house.staff_types(number, note_to_customer="是我们的责任。", assessed_on=house.today())
        assert house.round()
        (held,) = house.office.ledger.letters.list("held")
        capsys.readouterr()
        show_letter(house.folder / "config.toml", held.id, raw=False)
        shown = capsys.readouterr().out
        assert "是我们的责任。\n" in shown
        assert "To: 杨帆 <yangfan@zhongqi.example>" in shown
        assert "是我们的责任" in shown.splitlines()[0]
        assert "等待人工放行" in str(house.row(number)["bot_note"])
        act_on(house.folder / "config.toml", verb, held.id)
        assert house.round()
        assert house.round()
        assert "等待人工放行" not in str(house.row(number)["bot_note"])
        assert len(house.letters("yangfan@zhongqi.example", "进展")) == sent


def test_a_held_letter_stays_as_it_is_while_a_rule_file_is_broken(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        number = complain(house, ZHONGQI, "杨帆 <yangfan@zhongqi.example>")
        house.staff_types(number, owner="张晓峰", responsibility="我司", severity="一般")
        house.staff_types(number, note_to_customer="是我们的责任。", assessed_on=house.today())
        assert house.round()
        (held,) = house.office.ledger.letters.list("held")
        rules = house.folder / "rules" / "stages.toml"
        rules.write_text(rules.read_text("utf-8") + "\nbroken = ", "utf-8")
        with pytest.raises(FileProblems, match=r"stages\.toml"):
            act_on(house.folder / "config.toml", "release", held.id)
        assert [letter.id for letter in house.office.ledger.letters.list("held")] == [held.id]
