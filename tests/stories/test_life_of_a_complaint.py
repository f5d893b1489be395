"""The complete life of a quality complaint, from mail to archive, with one loop back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from stories.house import SHANGHAI, open_house

COMPLAINT = """华信客服：

我司5月8日产线使用贵司连接器时发现不良：
产品名称：线对板连接器
型号：HX-C254-8P
批号：0012
订单号：PO-RD-260305
数量：500个中有23个不良
不良现象：端子退位，导通不良。
请于3个工作日内提供8D报告，并安排换货。

王敏
瑞达电子（东莞）有限公司 品质部
电话：0769-8800 0152
"""


def test_a_quality_complaint_lives_from_mail_to_archive_with_one_loop_back(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(COMPLAINT, subject="客诉通知 HX-C254-8P 端子不良")
        assert house.round()
        (case,) = house.cases()
        number = case.number
        row = house.row(number)
        assert row["stage"] == "评估"
        assert row["batch"] == "0012"
        assert row["model"] == "HX-C254-8P"
        (receipt,) = house.letters("wangmin@ruida-dz.example")
        assert number in str(receipt["Subject"])
        assert house.letters("quality.manager@example.test", number)

        # Closing too early: the row says what is missing, the stage stays.
        house.staff_types(number, owner="张晓峰", assessed_on=house.today())
        assert house.round()
        assert "责任判定" in str(house.row(number)["bot_note"])
        assert house.case(number).stage == "assessment"
        assert house.letters("quality.engineer@example.test", number)

        house.staff_types(number, responsibility="我司", severity="重要")
        assert house.round()
        assert house.case(number).stage == "root_cause"

        house.staff_types(number, cause_main="端子铆压高度不足", evidence="IQC-0512", analysed_on=house.today())
        assert house.round()
        assert house.case(number).stage == "plan"
        plan = {
            "corrective": "调整铆压模",
            "preventive": "每班首件测铆压高度",
            "implementation_due": house.today() + timedelta(days=10),
            "note_to_customer": "我们将更换23个不良品，并已调整铆压工序。",
        }
        house.staff_types(number, **plan, approved_by="王立新", planned_on=house.today())
        assert house.round()
        assert house.case(number).stage == "acceptance"
        (letter,) = house.letters("wangmin@ruida-dz.example", "处理方案")
        assert "调整铆压工序" in str(letter.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        assert house.row(number)["note_to_customer"] is None

        house.staff_types(number, plan_answer="接受")
        assert house.round()
        house.staff_types(number, implemented_by="张晓峰", implemented_on=house.today())
        assert house.round()
        assert house.case(number).stage == "verification"

        # NG: back to the root cause; what closed it before is emptied and kept in the history.
        house.staff_types(number, verified_by="王立新", verification="NG")
        assert house.round()
        assert house.case(number).stage == "root_cause"
        assert house.case(number).visit.number == 2
        row = house.row(number)
        assert row["analysed_on"] is None
        assert row["cause_main"] == "端子铆压高度不足"
        entered = [e for e in house.office.ledger.cases.history(number) if e.kind == "stage_entered"]
        assert "analysed_on" in entered[-1].facts["cleared"]

        house.staff_types(number, cause_main="端子材料硬度偏低", analysed_on=house.today())
        assert house.round()
        house.staff_types(
            number,
            corrective="更换端子材料",
            approved_by="王立新",
            note_to_customer="端子材料已更换。",
            planned_on=house.today(),
        )
        assert house.round()
        house.staff_types(number, plan_answer="接受")
        assert house.round()
        house.staff_types(number, implemented_on=house.today() + timedelta(days=1))
        assert house.round()
        house.staff_types(number, verified_by="王立新", verification="OK", note_to_customer="效果已确认。")
        assert house.round()
        assert house.case(number).stage == "confirmation"
        house.staff_types(number, customer_confirmation="OK")
        assert house.round()
        assert house.case(number).stage == "closing"
        assert house.letters("wangmin@ruida-dz.example", number)[-1]["Subject"]

        house.clock.now = datetime(2026, 5, 20, 10, 0, tzinfo=SHANGHAI)
        house.customer_answers(house.letters("wangmin@ruida-dz.example")[-1], "5 分，很满意，谢谢！")
        assert house.round()
        assert house.row(number)["satisfaction"] == 5
        house.staff_types(number, result="换货23个，更换端子材料", validity="有效", closed_on=house.today())
        assert house.round()
        assert house.case(number).stage == "closed"
        assert house.row(number)["status"] == "已结案"

        # "Thank you" leaves it closed; nothing was ever sent twice.
        house.customer_answers(house.letters("wangmin@ruida-dz.example")[-1], "谢谢！")
        assert house.round()
        assert not house.case(number).open
        ids = [str(m["Message-ID"]) for m in house.letters()]
        assert len(ids) == len(set(ids))
