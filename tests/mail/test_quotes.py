# ruff: noqa: E501 - mails and pages are quoted one to a line
"""Quoted history is found in the forms mail programs use, and complaints that look alike stay whole."""

from __future__ import annotations

import pytest

from mailbot.mail.quotes import split

NEW = "第二批也有问题"
OLD = "我们已收到您的投诉。"

FORMS = {
    "outlook-cn": f"{NEW}\n\n发件人: 客服 <cs@us.example>\n发送时间: 2026年3月9日 9:58\n收件人: 张三 <z@x.example>\n主题: 投诉\n\n{OLD}",
    "outlook-tw": f"{NEW}\n\n寄件者: 客服 <cs@us.example>\n寄件日期: 2026年3月9日 上午 9:58\n收件者: 張三\n主旨: 投訴\n\n{OLD}",
    "outlook-en": f"{NEW}\n\n________________________________\nFrom: CS <cs@us.example>\nSent: Monday, March 9, 2026 9:58 AM\nTo: Z <z@x.example>\nSubject: x\n\n{OLD}",
    "outlook-old": f"{NEW}\n\n-----Original Message-----\nFrom: CS\nSent: Monday\nTo: Z\nSubject: x\n\n{OLD}",
    "qq": f'{NEW}\n\n------------------ 原始邮件 ------------------\n发件人: "客服" <cs@us.example>;\n发送时间: 2026年6月20日(星期六) 晚上8:12\n收件人: "张三"<z@x.example>;\n主题: 投诉\n\n{OLD}',
    "qq-english": f'{NEW}\n\n------------------ Original ------------------\nFrom:  "CS"<cs@us.example>;\nDate:  Sat, Jun 20, 2026 08:12 PM\nTo:  "Z"<z@x.example>;\nSubject:  x\n\n{OLD}',
    "foxmail": f"{NEW}\n\n \n发件人： 客服\n发送时间： 2026-05-06 10:13\n收件人： 张三\n主题： 投诉\n{OLD}",
    "foxmail-6": f"{NEW}\n\n======= 2026-03-01 10:00:00 您在来信中写道：=======\n\n{OLD}",
    "163": f'{NEW}\n\n在 2026-02-08 11:20:05，"客服" <cs@us.example> 写道：\n>{OLD}',
    "163-wrapped": f'{NEW}\n\n在 2026-02-08 11:20:05，"客服处理中心很长的名字"\n<cs@us.example> 写道：\n>{OLD}',
    "netease-master": f"{NEW}\n\n---- 回复的原邮件 ----\n| 发件人 | 客服<cs@us.example> |\n| 日期 | 2026年3月1日 10:00 |\n| 收件人 | z<z@x.example> |\n| 抄送至 | |\n| 主题 | 投诉 |\n{OLD}",
    "aliyun": f"{NEW}\n------------------------------------------------------------------\n发件人：客服 <cs@us.example>\n发送时间：2026年9月21日(周一) 09:00\n收件人：张三 <z@x.example>\n主　题：投诉\n\n{OLD}",
    "gmail-cn": f"{NEW}\n\n客服 <cs@us.example> 于2026年3月1日周日 10:00写道：\n\n> {OLD}",
    "gmail-tw": f"{NEW}\n\n客服 <cs@us.example> 於 2026年10月12日週一 下午5:00寫道：\n\n> {OLD}",
    "gmail-en": f"{NEW}\n\nOn Mon, 3 Aug 2026 at 10:21, CS <cs@us.example> wrote:\n\n> {OLD}",
    "gmail-en-wrapped": f"{NEW}\n\nOn Mon, Aug 3, 2026 at 10:21 AM Customer Service Department <\ncs@us.example> wrote:\n\n> {OLD}",
    "apple": f"{NEW}\n\n> 在 2026年3月1日，10:00，客服 <cs@us.example> 写道：\n> \n> {OLD}",
    "thunderbird": f"{NEW}\n\n在 2026/3/1 10:00, 客服 写道:\n> {OLD}",
    "yahoo-tw": f"{NEW}\n\n客服 <cs@us.example> 於 2026年3月1日 週日 上午10:00 寫道：\n\n{OLD}",
    "german": f"{NEW}\n\nAm 01.03.2026 um 10:00 schrieb CS <cs@us.example>:\n> {OLD}",
    "outlook-de": f"{NEW}\n\nVon: CS <cs@us.example>\nGesendet: Montag, 9. März 2026 09:58\nAn: Z\nBetreff: x\n\n{OLD}",
    "japanese": f"{NEW}\n\n2026年3月1日(日) 10:00 CS <cs@us.example>:\n{OLD}",
    "bold-labels": f"{NEW}\n\n*发件人:* 客服 <cs@us.example>\n*发送时间:* 2026年3月9日\n*收件人:* a@x.example;\n b@x.example\n*主题:* 投诉\n\n{OLD}",
    "spaced-labels": f"{NEW}\n\n发 件 人 ：客服 <cs@us.example>\n\n发送时间：2026-03-09\n\n收件人：z\n\n主　　题：投诉\n\n{OLD}",
    "odd-date": f"{NEW}\n\n在 周三晚上，客服 <cs@us.example> 写道：\n> {OLD}",
    "bare-address": f"{NEW}\n\ncs@us.example wrote:\n\n> {OLD}",
    "marks-only": f"{NEW}\n\n> {OLD}\n> 请等待。",
}


@pytest.mark.parametrize("form", FORMS)
def test_the_quote_of_each_mail_program_is_found(form: str) -> None:
    found = split(FORMS[form])
    assert "\n".join(found.kept).strip(" \n_-") == NEW
    assert OLD in "\n".join(found.quoted)


@pytest.mark.parametrize("form", [f for f in FORMS if "cs@us.example" in FORMS[f]])
def test_the_quoted_sender_is_known(form: str) -> None:
    quote = split(FORMS[form]).quote
    assert quote is not None
    assert quote.sender is not None
    assert quote.sender.address == "cs@us.example"


@pytest.mark.parametrize(
    "text",
    [
        "快递单上写的\n发件人：张三\n收件人：李四\n发货时间：3月5日\n收到时箱子压扁了",
        "贵司快递单上写的发件人：张三，收件人：李四，箱子破了",
        "你们的报告里写道：没有问题。\n> 1000 rpm 时异响",
        "> 1000 rpm 时异响\n> 2000 rpm 时正常",
        "---------------\n投诉人：张三\n发送时间：2026年3月1日\n主题：漏水\n---------------\n请处理",
        "From: warehouse Shenzhen\nTo: plant Regensburg\nDate: 2026-03-01\nTwo boxes crushed",
        "他在2026年3月1日的邮件里写道：不予处理。我不接受。",
        "On 3 March 2026 I wrote: please help. Nobody answered.",
        "发件人：深圳仓\n收件人：苏州厂\n日期：2026-03-01\n数量：20箱\n少了两箱",
    ],
)
def test_a_complaint_that_looks_like_a_quote_stays_whole(text: str) -> None:
    found = split(text)
    assert "\n".join(found.kept) == text


def test_answers_between_the_quoted_lines_are_new_text() -> None:
    found = split("客服 <cs@us.example> 於 2026年10月5日 下午1:11寫道：\n\n> 1. 型號：\nHX-1\n> 2. 批號：\n0012")
    assert [line for line in found.kept if line] == ["HX-1", "0012"]


def test_an_answer_below_the_quote_is_new_text() -> None:
    found = split(f"On Mon, 3 Aug 2026, CS <cs@us.example> wrote:\n> {OLD}\n> Bye\n\n{NEW}")
    assert [line for line in found.kept if line] == [NEW]
