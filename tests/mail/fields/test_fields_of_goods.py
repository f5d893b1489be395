"""Product, model, part number, batch, order number and quantity, from forms, tables and sentences."""

from __future__ import annotations

from typing import Any

import pytest
from field_page import fields_of, findings

from mailbot.core.model import MailKind

FORM = """产品名称：线对板连接器
产品型号：HX-C254-8P
料　　号：1100-25408-01
批　　号：0012
订 单 号：PO-RD-260305
数　　量：500个中有23个不良"""


def test_a_form_is_read_as_written() -> None:
    assert fields_of(FORM) == {
        "product": "线对板连接器",
        "model": "HX-C254-8P",
        "part_no": "1100-25408-01",
        "batch": "0012",
        "order_no": "PO-RD-260305",
        "quantity": 23,
        "quantity_unit": "个",
    }


def test_a_form_in_brackets_is_read() -> None:
    said = fields_of(
        "【型号】HD-1200W/壁挂\n【批次】20260115\n【数量】200台 其中不良19台\n【产品名称】电吹风（酒店挂壁式）"
    )
    assert said["model"] == "HD-1200W/壁挂"
    assert (said["quantity"], said["product"]) == (19, "电吹风（酒店挂壁式）")


def test_an_english_form_is_read() -> None:
    said = fields_of("Product: bedside lamp\nModel: BL-220\nLot: 2601\nQty: 12 of 80\nDate of purchase: 01/15/2026")
    assert said["product"] == "bedside lamp"
    assert (said["model"], said["batch"], said["quantity"]) == ("BL-220", "2601", 12)
    assert said["purchased_on"].isoformat() == "2026-01-15"


def test_a_table_is_read_by_its_head() -> None:
    said = fields_of(
        "序号\t料号\t品名\t批号\t来料数\t不良数\t不良描述\n"
        "1\tKD-30217\t塑胶外壳\t20260301\t1200\t36\t断裂\n"
        "2\tKD-41006\t线束\t3-4\t800\t5\t漏打"
    )
    assert said["part_no"] == "KD-30217; KD-41006"
    assert said["batch"] == "20260301; 3-4"
    assert said["product"] == "塑胶外壳; 线束"
    assert said["quantity"] == 41


IDENTIFIED = [
    ("批号都是2609A，坏了", "batch", "2609A"),
    ("批号看盒子是 2604-TW2", "batch", "2604-TW2"),
    ("背面印的是 2606-03", "batch", "2606-03"),
    ("Batch on the label is 2606-UK2.", "batch", "2606-UK2"),
    ("(lot B2026-08-D, PO 7700014522)", "batch", "B2026-08-D"),
    ("(lot B2026-08-D, PO 7700014522)", "order_no", "7700014522"),
    ("批号1E5和3-4", "batch", "1E5; 3-4"),
    ("订单88120260612741", "order_no", "88120260612741"),
    ("order #WEB-30917", "order_no", "WEB-30917"),
    ("Order ref: TST-88130.", "order_no", "TST-88130"),
    ("order JD594180847484, 322.60 paid", "order_no", "JD594180847484"),
    ("炉号 F0809", "batch", "F0809"),
    ("Heat code punched on the carton is 26G14", "batch", "26G14"),
    ("全是 K0918这一批", "batch", "K0918"),
    ("批号写错一位，正确的是 F0806", "batch", "F0806"),
    ("批号我看错了，应为 T0306，不是T0305", "batch", "T0306"),
    ("lot number on the bag 2608-C", "batch", "2608-C"),
    ("合同（编号KN-2026-0871）", "order_no", "KN-2026-0871"),
    ("型号\tA-100\tB-200", "model", "A-100; B-200"),
    ("P/N 88-4410-02 with bent pins", "part_no", "88-4410-02"),
    ("循环扇 HF-X3 坏了", "model", "HF-X3"),
    ("your HX-PB20 power bank", "model", "HX-PB20"),
]


@pytest.mark.parametrize(("text", "key", "value"), IDENTIFIED)
def test_an_identifier_stays_as_written(text: str, key: str, value: str) -> None:
    assert fields_of(text)[key] == value


@pytest.mark.parametrize(
    "text",
    [
        "65W的充电头",
        "USB-C 和 Type-C",
        "请按 ISO9001 和 8D 回复",
        "订单2个",
        "this batch is 3 years old",
        "DC12V 供电",
        "单号 SO-2609-0155",
    ],
)
def test_what_only_looks_like_a_model_is_none(text: str) -> None:
    assert not {"model", "batch"} & fields_of(text).keys()


def test_a_number_named_elsewhere_is_no_model_too() -> None:
    assert "model" not in fields_of("批号 B2024-07-A", subject="端子氧化 B2024-07-A")


PRODUCTS = [
    ("我妈用你们的电热水壶烧水", "电热水壶"),
    ("台式洗碗机一台（型号：HW-D06）", "台式洗碗机"),
    ("贵司供應之連接器（料號 2041-08P-T）", "連接器"),
    ("充电枪连接器（型号HX-EV32-G）端子脱落", "充电枪连接器"),
    ("风扇坏了，空气循环扇 HF-X5 响", "空气循环扇"),
    ("the HX-UK45 wall charger stopped", "wall charger"),
    ("14 of your 24V power supplies (HX-PS24-100)", "24V power supplies"),
    ("买了一个电火锅，不热", "电火锅"),
    ("在淘宝买的三条毛巾，掉色", "毛巾"),
    ("The yoga mat I ordered smells", "yoga mat"),
    ("不鏽鋼螺絲断头", "不鏽鋼螺絲"),
    ("手机：13912345678，豆浆机坏了", "豆浆机"),
    ("2把开关卡住，贵司的冲击电锤 HD-26B", "冲击电锤"),
    ("断了5根复位弹簧", "复位弹簧"),
    ("訂單 YH-26081 之 O 型環（P-22，氟橡膠）短少，膠帶完整", "O 型環"),
    ("琴日到倉嘅 roller blind（RB-120）有色差", "roller blind"),
    ("昨天到的16寸儿童自行车（BK-16），4辆掉漆", "16寸儿童自行车"),
    ("distributor of your 5-way extension boxes (XB-5); the metal screws are live", "5-way extension boxes"),
    ("your lead-free solder paste SP-305 is over limit", "lead-free solder paste"),
]


@pytest.mark.parametrize(("text", "product"), PRODUCTS)
def test_the_product_is_found_in_prose(text: str, product: str) -> None:
    assert fields_of(text)["product"] == product


def test_the_product_may_stand_in_the_subject_alone() -> None:
    assert fields_of("坏了 退钱", subject="充电宝")["product"] == "充电宝"


def test_a_part_named_in_a_reply_is_not_the_product() -> None:
    assert "product" not in fields_of("漏水的是底部那个阀门。", kind=MailKind.FOLLOW_UP)


@pytest.mark.parametrize("text", ["客服态度很差", "I handle complaints", "The kettle is not the point, but watch out"])
def test_not_every_noun_is_a_product(text: str) -> None:
    assert fields_of(text, subject="").get("product", "kettle") == "kettle"


QUANTITIES: list[tuple[str, Any, Any]] = [
    ("24箱里有4箱标签贴错", 4, "箱"),
    ("抽检80只，脱落11只", 11, "只"),
    ("一共少23盏", 23, "盏"),
    ("以上不良合计53pcs", 53, "pcs"),
    ("缩水118pcs，划伤41pcs，不良合计：159pcs", 159, "pcs"),
    ("昨天又挑出来5只，现在一共17只", 17, "只"),
    ("抽查50个，7个有声音", 7, "个"),
    ("其中 27 箱外箱嚴重壓扁", 27, "箱"),
    ("共送10000只，已上线2600只，挑出卡死的187只", 187, "只"),
    ("使用時發現斷頭 36 支，抽檢 300 支", 36, "支"),
    ("61 out of 4,000 pcs", 61, "pcs"),
    ("9 of the 240 pieces are dead", 9, "pieces"),
    ("we detected 17 cracked gears out of 500 pcs", 17, "pcs"),
    ("14 of your supplies", 14, None),
    ("issue an RMA for 25 pressure sensors", 25, None),
    ("40把里，6把冲击没劲，2把开关卡住", 8, "把"),
    ("抽检20件，8件齿面硬度只有HRC48", 8, "件"),
    ("坏了两百一十米", 210, "米"),
    ("150 set 全部都係咁", 150, "set"),
    ("不是6桶，发浑的一共17桶", 17, "桶"),
    ("不良320颗/40000颗", 320, "颗"),
    ("37 out of roughly 900 fitted", 37, None),
    ("nine have come back from customers", 9, None),
    ("eight of them are cream", 8, None),
    ("Qty: 12/300", 12, None),
    ("不良数(PCS)\t料号\n5\tA-1\n7\tA-2\n合计 12", 12, "PCS"),
    ("we counted 37, so 3 cartons are missing", 3, "cartons"),
]


@pytest.mark.parametrize(("text", "number", "unit"), QUANTITIES)
def test_the_affected_quantity_is_told_from_the_whole(text: str, number: Any, unit: Any) -> None:
    said = fields_of(text)
    assert (said.get("quantity"), said.get("quantity_unit")) == (number, unit)


@pytest.mark.parametrize(
    "text",
    [
        "换了三个插座都一样",
        "请于3个工作日内回复",
        "用了不到两个月",
        "其他288个目前正常",
        "有3个客人拿回来",
        "Bought the SmoothMix 500 blender",
    ],
)
def test_what_counts_no_bad_pieces_is_no_quantity(text: str) -> None:
    assert "quantity" not in fields_of(text)


def test_every_finding_shows_its_sentence() -> None:
    found = findings("您好。批号是0012，坏了。谢谢")
    assert found["batch"].source == "批号是0012，坏了。"
