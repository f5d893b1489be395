# ruff: noqa: E501 - mails and pages are quoted one to a line
"""The message keeps every sentence and loses its signature."""

from __future__ import annotations

import pytest

from mailbot.mail.signature import split

TEXT = "充电器异响，请换货。"

SIGNED = {
    "dashes": "-- \n王敏\n任意文字 whatever",
    "card": "\n\n王敏\n品质部 SQE\n瑞达电子（东莞）有限公司\nTel：0769-8800 0152 转 806",
    "card-without-gap": "王敏\n供应商质量工程师\n瑞达有限公司\nT: +86-512-6600-0188",
    "closing": "此致\n敬礼！\n\n投诉人：王敏\n联系电话：(021) 6000-0145\n二〇二六年七月六日",
    "english": "\nKind regards,\nMin Wang\n07700 900142",
    "german-english": "\nMit freundlichen Grüßen / Best regards\nMin Wang\nSupplier Quality\nRuida GmbH\nPhone: +49 30 23125 118\n\nSitz der Gesellschaft: Köln. This message is confidential.",
    "name-and-phone": "王敏 13800000633",
    "title-and-phone": "唐女士 177 0000 9024",
    "comma-and-phone": "Min Wang, 020 7946 0321",
    "device": "\n发自我的iPhone",
    "device-tw": "\n從我的 iPhone 傳送",
    "device-en": "\nMin\n\nSent from Outlook for Android",
    "disclaimer": "\n王敏\n\n----------------\n本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的个人或群组。",
    "company-line": "\n东莞市百顺包装材料有限公司 财务 小罗\n0769-2200 0171",
    "rule": "\n------\n嘉禾酒店用品 采购部",
    "shop-and-name": "光彩照明 孟庆海",
    "group-and-extension": "联合智配 收货组\n翁丽\n分机 8-3306 / 0592-5500 0116",
    "greetings": "\nWith friendly greetings from Graz\n\ni.A. Someone\nTel. +43 316 550 0147\nFirmensitz: Graz · FN 1",
    "first-name": "\nMin",
    "relay": "\n由 云邮投递 发送 · 退订",
}


@pytest.mark.parametrize("form", SIGNED)
def test_the_signature_is_cut(form: str) -> None:
    found = split(f"{TEXT}\n{SIGNED[form]}".split("\n"), ("王敏", "Min Wang"))
    assert "\n".join(found.text).strip() == TEXT
    assert "\n".join(found.signature).strip() in SIGNED[form]


@pytest.mark.parametrize(
    "text",
    [
        "坏了 退钱",
        "5",
        "王敏",
        "13800000633",
        "坏了\n谢谢",
        "坏了\n马上换货",
        "坏了\n有事打我电话 155-0000-7031，找王小姐。",
        "坏了\n联系电话还是那个：135 0000 8894，王敏",
        "It broke.\nCall me: (212) 555-0143. Min Wang",
        "坏了\n电话 189-0000-6612 王敏 批号在底盘上：2605-17",
        "产品：风扇\n型号：HF-1\n联系人：王敏\n电话：13800000633",
        "【型号】HF-1\n【联系人】王敏\n【电话】13800000633",
        "吸顶灯 HL-C300 批号3-4\n订单HX2602-0877",
        "都五天了\n编号CP-2026-000123",
        "我要退订这个服务，你们还在扣费",
        "序号\t料号\t不良\n1\tA-1\t18\n2\tA-2\t7",
        "坏了\n\nBest,\nMin\n\nP.S. the lot is 0045.",
        "坏了\n\nBest option for us: replace it by Friday",
    ],
)
def test_in_doubt_nothing_is_cut(text: str) -> None:
    assert "\n".join(split(text.split("\n"), ("王敏", "Min Wang")).text) == text


def test_a_mail_of_nothing_but_a_signature_has_no_text() -> None:
    found = split(("", "王敏", "品质部", "瑞达有限公司", "Tel：0769-8800 0152"), ("王敏",))
    assert "".join(found.text).strip() == ""
