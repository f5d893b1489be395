"""The verdict: what the shipped rules make of a complaint, and what a company may change in them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mailbot.core.lookback import Earlier, Past
from mailbot.core.model import Finding, Verdict
from mailbot.core.rulebook import FILES, Rules, compile_rules, load_rules
from mailbot.core.rulefile import FileProblems
from mailbot.core.verdict import gather, judge, no_complaint
from mailbot.mail.fold import fold

RULES = Path(__file__).parents[2] / "rules"


@cache
def shipped() -> Rules:
    return load_rules(lambda name: RULES / name, fold)


def changed(**edits: tuple[str, str]) -> Rules:
    """The shipped rules with one text replaced in a file: `changed(severity=("old", "new"))`."""
    texts = {name: (RULES / name).read_text("utf-8") for name in FILES}
    for file, (old, new) in edits.items():
        assert old in texts[f"{file}.toml"]
        texts[f"{file}.toml"] = texts[f"{file}.toml"].replace(old, new, 1)
    return compile_rules(texts, fold)


def shipped_with(file: str, old: str, new: str) -> Rules:
    """The shipped rules with every occurrence of a text replaced in one file."""
    texts = {name: (RULES / name).read_text("utf-8") for name in FILES}
    return compile_rules({**texts, f"{file}.toml": texts[f"{file}.toml"].replace(old, new)}, fold)


def verdict(
    text: str,
    subject: str = "",
    *,
    business: bool = False,
    photo: bool = False,
    rules: Rules | None = None,
    **fields: Any,
) -> Verdict:
    findings = {key: Finding(value=value) for key, value in fields.items()}
    return judge(text, subject, findings, photo, business, rules or shipped(), fold)


NATURES = [
    ("手碰到金属边有麻麻的感觉", "safety"),
    ("倒水时壶盖弹开，开水把手烫红了，起了水泡", "safety"),
    ("推车前轮突然脱落，宝宝摔到地上", "safety"),
    ("吹風機突然冒火花還有燒焦味", "safety"),
    ("The plug is brown and melted", "safety"),
    ("My daughter broke her wrist when the scooter braked by itself", "safety"),
    ("三档嗡嗡响得厉害，不漏电也不烫", "performance"),
    ("The bore diameter is 8.12 mm, out of tolerance", "performance"),
    ("充不进电了", "function"),
    ("The lamp flickers. No smoke, no sparks, just annoying", "function"),
    ("塑料壳颜色比封样浅，有色差", "appearance"),
    ("12 of 60 cartons arrived crushed and wet", "packaging"),
    ("送货单5000，实点4870，短130pcs", "shortage"),
    ("下单两个礼拜了还没发货", "delivery"),
    ("Tracking says delivered. Where is my order?", "delivery"),
    ("PVC线材邻苯含量2300ppm", "environment"),
    ("客服小姐口氣很差還掛我電話", "service"),
    ("发票金额多开了300元", "price"),
    ("你好", "other"),
    ("The lamp won't start and the hinge wobbles", "function"),
    ("硬度只有HRC48，图纸要求58", "performance"),
    ("個掣壞咗，撳極都冇反應", "function"),
    ("Our fitter sliced his palm on your bracket", "safety"),
    ("客服您好，键盘连击，请换货", "other"),
]


@pytest.mark.parametrize(("text", "nature"), NATURES)
def test_the_nature_is_read_from_the_words(text: str, nature: str) -> None:
    assert verdict(text).nature == nature


HARMLESS = [
    "没有起火，也没有冒烟，就是充得慢",
    "The manual says: risk of fire. Mine is just slow",
    "烟雾报警器老是误报",
    "燃气灶点不着火",
    "空气炸锅炸了薯条之后就不加热了",
    "以前用过电饭煲，这个不一样",
    "麻烦动手麻利点处理",
    "I was shocked at how poor the quality is. It just stopped",
    "An apology wouldn't hurt",
    "希望不要漏电",
    "纸箱几乎压扁了",
    "师傅说密封圈没压住，漏水",
    "跌落测试后外壳撞伤",
    "Moisture is trapped inside the lens",
    "Please deliver it to the hospital before noon",
    "The ribs of the housing are cracked",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_danger_is_not_made_one(text: str) -> None:
    said = verdict(text)
    assert (said.nature, said.severity) != ("safety", "critical")
    assert not said.emergency


def test_danger_is_critical_an_emergency_and_goes_to_quality() -> None:
    said = verdict("插头冒烟了", wants_nothing="")
    assert (said.severity, said.department, said.emergency) == ("critical", "quality", True)


def test_several_customers_with_one_batch_are_a_group_event() -> None:
    said = verdict("最近有六位顾客反映内胆掉涂层", batch="25K11")
    assert (said.severity, said.emergency) == ("critical", True)
    assert verdict("最近有六位顾客反映内胆掉涂层").severity == "normal"


@pytest.mark.parametrize(
    ("text", "facts", "severity"),
    [
        ("产线已经停线待料两天，连接器坏了", {}, "urgent"),
        ("Our assembly line is down, your connectors do not fit", {}, "urgent"),
        ("cadmium 240 ppm, above the RoHS limit", {}, "urgent"),
        ("冰箱不制冷，不退款我就打12315", {}, "urgent"),
        ("不制冷，我不会去起诉你们", {}, "normal"),
        ("面板裂了", {"business": True, "quantity": 12}, "important"),
        ("面板裂了", {"business": True, "quantity": 1}, "normal"),
        ("样品测试NG，吸力不足", {"business": True, "quantity": 10}, "normal"),
        ("漏水泡了地板", {"demand": ("compensate",)}, "important"),
        ("灯不亮", {}, "normal"),
    ],
)
def test_the_severity_follows_the_file(text: str, facts: dict[str, Any], severity: str) -> None:
    assert verdict(text, **facts).severity == severity


@pytest.mark.parametrize(
    ("text", "department"),
    [
        ("交期一再延误", "pmc"),
        ("样品测试NG，性能不达标", "engineering"),
        ("多收了260元", "business"),
        ("外壳划伤", "quality"),
        ("4月退货的货款一直没有退，财务查不到账", "finance"),
    ],
)
def test_the_department_follows_the_nature(text: str, department: str) -> None:
    assert verdict(text).department == department


def test_the_type_of_claim_follows_what_is_asked() -> None:
    assert verdict("坏了", demand=("compensate",)).claim_type == "claim"
    assert verdict("客服态度差").claim_type == "non_quality"
    assert verdict("坏了", demand=("replace",)).claim_type == "appeal"


def test_a_business_is_asked_for_other_things_than_a_person() -> None:
    known = {"model": "HX-1", "contact_name": "王敏", "phone": "1"}
    assert verdict("坏了", business=True, **known).missing == ("batch", "quantity", "photo")
    assert verdict("坏了", **known).missing == ("batch", "order_no", "photo")
    assert verdict("坏了", photo=True, order_no="1", **known).missing == ()
    assert verdict("还没发货").missing == ("order_no", "contact_name", "phone")


def test_every_answer_says_which_rule_fired_on_which_words() -> None:
    reasons = {r.rule: r for r in verdict("插头冒烟了", demand=("compensate",)).reasons}
    assert reasons["nature safety"].words == ("冒烟",)
    assert reasons["danger to persons"].words == ("nature=safety",)
    assert all(r.version == "2026-01" for r in reasons.values())


def test_words_of_the_subject_count_double() -> None:
    assert verdict("外壳划伤", "包装破").nature == "packaging"


def test_a_hint_never_outweighs_a_word() -> None:
    assert verdict("反馈不良问题异常，请维修，镀锡层起泡").nature == "appearance"


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("你好，请问怎么设置预约？煲很好用，不是投诉", "says so"),
        ("想采购200台暖风机，请报个价", "quotation or purchase"),
        ("I am writing to apply for the position. My CV is attached", "job application"),
        ("附件是电子发票，价税合计12,860.00元，请查收入账", "invoice or payment"),
        ("祝各位中秋快乐", "praise or greeting"),
        ("谢谢，货收到了，很好。", "praise or greeting"),
        ("货已收到，谢谢。", "praise or greeting"),
    ],
)
def test_what_is_no_complaint_is_told_apart(text: str, sort: str) -> None:
    assert no_complaint(gather(text, "", {}, False, False, shipped(), fold), shipped()) == sort


@pytest.mark.parametrize(
    "text",
    ["", "你好", "请问灯坏了怎么办", "很满意你们的态度：爱理不理，东西坏了没人管", "货已收到，谢谢。但是少了10个"],
)
def test_in_doubt_it_is_a_complaint(text: str) -> None:
    assert no_complaint(gather(text, "", {}, False, False, shipped(), fold), shipped()) == ""


def test_another_scale_works_by_editing_the_file_alone() -> None:
    rules = shipped_with("severity", '"critical"', '"grave"')
    assert rules.rank("grave") == 3
    assert verdict("插头冒烟了", rules=rules).severity == "grave"


def test_a_word_added_to_the_file_is_found() -> None:
    rules = changed(nature=('"触电", ', '"咬手", "触电", '))
    assert verdict("插头咬手", rules=rules).nature == "safety"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("severity", 'sets = "urgent"', 'sets = "urgnt"', "'urgnt' is not known; known are normal, important"),
        ("severity", 'key = "urgent"', 'key = "important"', "the severity 'important' is given twice"),
        ("routing", 'key = "pmc"', 'key = "quality"', "the department 'quality' is given twice"),
        (
            "routing",
            "when = 'nature == \"delivery\"'\nsets",
            "sets",
            "'delivery' has no words and no `when`, so it holds always and those below are never looked at",
        ),
        ("severity", "quantity >= 2", "quantty >= 2", "quantty"),
        ("routing", 'sets = "pmc"', 'sets = "pcm"', "'pcm' is not known"),
        ("routing", 'manager = "PMC Manager"', 'manager = "Nobody"', "Nobody"),
        ("missing", 'field = "batch"', 'field = "bach"', "'bach' is not known"),
        ("nature", '"触电", ', '"(触电", ', "every ( needs its )"),
        ("nature", "<hot>", "<hott>", "there is no group <hott>"),
        ("nature", 'otherwise = "other"', 'otherwise = "others"', "'others' is not known"),
        ("fields", "contact_name = [", "contact = [", "'contact' is no field"),
    ],
)
def test_a_mistake_in_a_file_is_named_with_its_place(file: str, old: str, new: str, said: str) -> None:
    with pytest.raises(FileProblems) as caught:
        changed(**{file: (old, new)})
    assert any(said in str(p) and p.file == f"{file}.toml" for p in caught.value.problems)


def test_a_rule_of_routing_may_look_back_and_names_what_it_found() -> None:
    old = '[[rule]]\nname = "danger goes to quality"'
    rule = '[[rule]]\nname = "again"\nwords = ["坏了"]\nwhen = "repeats(model, 90d) >= 1"\nsets = "engineering"\n\n'
    rules = changed(routing=(old, rule + old))
    moment = datetime(2026, 5, 11, tzinfo=UTC)
    known = Earlier(number="CP-1", opened_at=moment, values={"model": "FS-40"}, customer=frozenset())
    fields = {"model": Finding(value="FS-40")}
    seen = judge("风扇坏了", "", fields, False, False, rules, fold, Past(earlier=(known,), at=moment))
    assert seen.department == "engineering"
    (why,) = (reason for reason in seen.reasons if reason.rule == "again")
    assert why.words == ("坏了", "1 cases of FS-40 in 90 days: CP-1")
    assert judge("风扇坏了", "", fields, False, False, rules, fold).department == "quality"


def test_a_nature_is_kept_with_the_version_of_its_own_file() -> None:
    rules = changed(
        nature=('version = "2026-01"', 'version = "n-7"'), severity=('version = "2026-01"', 'version = "s-3"')
    )
    versions = {reason.sets: reason.version for reason in verdict("吹风机冒火花", rules=rules).reasons}
    assert (versions["safety"], versions["critical"], versions["quality"]) == ("n-7", "s-3", "2026-01")


@pytest.mark.parametrize(
    "piece", ["起火 smoke 手烫 孩子摔 ", "没有起火、", "如果手指夹到", "doesn't work, ", "说明书写着“"]
)
def test_a_long_text_is_judged_at_once(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    verdict("ready")
    started = time.process_time()
    verdict(text)
    assert time.process_time() - started < 1.5  # half a second on a machine of its own
