"""Who complains: from labels, signatures and the words around a phone number."""

from __future__ import annotations

import pytest
from field_page import fields_of, findings

SIGNATURES = [
    (
        "王敏\n品质部 SQE\n瑞达电子（东莞）有限公司\nTel：0769-8800 0152 转 806",
        ("王敏", "瑞达电子（东莞）有限公司", "品质部", "SQE", "0769-8800 0152 转 806"),
    ),
    ("永发电器 吴师傅 15800003310", ("吴师傅", "永发电器", None, None, "15800003310")),
    (
        "陳柏翰 / 採購課長\n樂活優選股份有限公司\n02-5500-0142",
        ("陳柏翰", "樂活優選股份有限公司", None, "採購課長", "02-5500-0142"),
    ),
    ("蔡佩珊\n晴日生活選物 店長\n07-5500-0181", ("蔡佩珊", "晴日生活選物", None, "店長", "07-5500-0181")),
    (
        "钟丽 | 供应商质量管理部 | SQE工程师\n广东美科智能装备股份有限公司\n电话：0757-2633 8899-615",
        ("钟丽", "广东美科智能装备股份有限公司", "供应商质量管理部", "SQE工程师", "0757-2633 8899-615"),
    ),
    (
        "Regards,\nFiona Carrick\nQuality Engineer | Northgate HVAC Ltd\nT +44 20 7946 0555",
        ("Fiona Carrick", "Northgate HVAC Ltd", None, "Quality Engineer", "+44 20 7946 0555"),
    ),
    (
        "Best regards\nAnneke de Wit\nPurchasing\nPolder Lighting B.V.\n+31 20 555 0134",
        ("Anneke de Wit", "Polder Lighting B.V.", "Purchasing", None, "+31 20 555 0134"),
    ),
    (
        "Jürgen Weiß\nQuality Assurance\nMüller Getriebe GmbH & Co. KG\nTel: +49 711 12345-67",
        ("Jürgen Weiß", "Müller Getriebe GmbH & Co. KG", "Quality Assurance", None, "+49 711 12345-67"),
    ),
]
SIGNATURES += [
    ("三立座椅制造部 庞涛\n18700005516", ("庞涛", "三立座椅", "制造部", None, "18700005516")),
    ("绿源灌溉合作社 理事长 丁全\n15100008265", ("丁全", "绿源灌溉合作社", None, "理事长", "15100008265")),
    (
        "Calvin Ng\nMerchandiser\nHomePlus (HK) Ltd.\nTel: (852) 5500 0138",
        ("Calvin Ng", "HomePlus (HK) Ltd.", None, "Merchandiser", "(852) 5500 0138"),
    ),
    (
        "i.A. Jürgen Brandl\nGreen Procurement Team\nHydro West GmbH\n+43 316 550 0147",
        ("Jürgen Brandl", "Hydro West GmbH", "Green Procurement Team", None, "+43 316 550 0147"),
    ),
    (
        "Walt Bell, owner\nCornerstone Bread\n(412) 555-0141",
        ("Walt Bell", "Cornerstone Bread", None, "owner", "(412) 555-0141"),
    ),
]
KEYS = ("contact_name", "company", "contact_department", "contact_position", "phone")


@pytest.mark.parametrize(("signature", "who"), SIGNATURES)
def test_a_signature_is_taken_apart(signature: str, who: tuple[str | None, ...]) -> None:
    said = fields_of("坏了", signature=signature)
    assert tuple(said.get(key) for key in KEYS) == who


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("今晚必须给我打电话：159-0000-2638，刘喆。", "刘喆"),
        ("电话 189-0000-6612 吴建平 批号在底盘上", "吴建平"),
        ("订单号 88120260115003，收货人于静，电话136 0000 4417", "于静"),
        ("打我电话 155-0000-7031，找覃小姐。", "覃小姐"),
        ("【联系人】曹先生", "曹先生"),
        ("Call me: (212) 555-0143. Dana Whitlock", "Dana Whitlock"),
        ("Receipt attached. - Kim Lee, 415-555-0133", "Kim Lee"),
        ("Contact: Mike Torres, Purchasing Manager", "Mike Torres"),
        ("My name is Sarah O'Neil from Brightside Hotels and", "Sarah O'Neil"),
    ],
)
def test_a_name_is_found_beside_the_phone_or_a_label(text: str, name: str) -> None:
    assert fields_of(text)["contact_name"] == name


def test_a_name_in_the_header_alone_is_not_said() -> None:
    assert "contact_name" not in fields_of("坏了", name="李梅")


def test_a_nickname_or_an_advertisement_is_no_signature() -> None:
    assert not set(KEYS) & fields_of("坏了", signature="小鱼儿\n348821077@qqmail.example").keys()
    assert not set(KEYS) & fields_of("坏了", signature="由 云邮投递 发送 · 退订").keys()


PHONES = [
    "136 0000 4417",
    "159-0000-2638",
    "0571-8600 0173",
    "+86 137 0000 5590",
    "+86-512-6600-0188",
    "(021) 6000-0145",
    "（0439）800-0126",
    "0900-000-137",
    "+886-3-5500-0168 #3312",
    "(04) 2359-1234 分機 21",
    "+852 5500 0148",
    "(212) 555-0143",
    "07700 900142",
    "07700 900 555",
    "020 7946 0321",
    "+49 30 23125 118",
    "400-800-1234",
]


@pytest.mark.parametrize("phone", PHONES)
def test_a_phone_number_is_kept_as_written(phone: str) -> None:
    assert fields_of(f"请联系我，电话：{phone}。谢谢")["phone"] == phone


@pytest.mark.parametrize(
    "text", ["订单号 88120260115003", "传真：0769-8800 0152", "发票号码 26442000000018837721", "PO 7700014522"]
)
def test_what_is_no_phone_is_not_called(text: str) -> None:
    assert "phone" not in fields_of(text)


def test_a_mobile_comes_before_a_landline() -> None:
    assert fields_of("坏了", signature="王敏\n0769-88000152\n13812345678")["phone"] == "13812345678"


def test_the_answer_goes_to_the_sender_unless_the_text_names_another_address() -> None:
    assert findings("坏了")["email"].value == "who@customer.example"
    assert findings("请回复到邮箱 Li.Wei@corp.example")["email"].value == "li.wei@corp.example"
