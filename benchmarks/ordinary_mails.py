# ruff: noqa: E501 - sentences and markup are quoted one to a line
"""Ordinary complaint mails, made up and deterministic: what arrives at a customer service on a usual day.

Languages, charsets, HTML, replies with history, signatures, small photos and now and then a large one; 23 KB on average.
The same seed gives the same bytes.
"""

from __future__ import annotations

import base64
import quopri
import random
from collections.abc import Iterator

BOX = "complaints@maker.example"
_SENTENCES = {
    "zh-CN": (
        "我于{day}在贵公司购买{product}，订单号{order}，批号{batch}，数量{count}台。",
        "收货当天开机即出现异常噪音，拍摄视频发给客服后只回复“正常现象”，没有任何进一步处理。",
        "来料检验发现外观划伤{count}件，不良率约3%，照片见附件。",
        "维修师傅上门两次，第一次没带配件，第二次换了一个明显是旧的零件。",
        "家里有老人和孩子，机器漏电的情况非常危险，请务必重视。",
        "请在五个工作日内给予书面答复，并安排换货，往返运费由贵公司承担。",
        "如果再不处理，我们将按合同索赔{amount}元。",
        "说明书上写着不会发热，但外壳摸上去很烫，没有起火。",
    ),
    "zh-TW": (
        "本人於{day}向貴公司購買{product}，訂單編號{order}，批號{batch}，共{count}台。",
        "商品送達當日即發現外箱破損，內容物有明顯刮痕，已拍照存證。",
        "客服專線每次都要等候二十分鐘以上，轉接三個部門之後又被掛斷。",
        "請於七個工作日內回覆處理結果，並辦理退貨退款新臺幣{amount}元。",
        "機器運轉時有燒焦味，安全上有很大的疑慮，請務必派員檢查。",
    ),
    "en": (
        "On {day} we bought {count} pieces of {product} from you (order {order}, lot {batch}).",
        "Our incoming inspection found scratches on the housing; photos are attached.",
        "I have telephoned your helpline seven times and nobody has called back.",
        "The motor makes a grinding noise and the casing gets hot, although the manual says it should not.",
        "Please replace the goods or refund USD {amount}, and send us an 8D report within ten days.",
        "No one was hurt, but it could have been dangerous.",
    ),
}
_GREETINGS = {"zh-CN": "您好：", "zh-TW": "您好：", "en": "Dear Sir or Madam,"}
_PRODUCTS = {
    "zh-CN": ("水泵 HX-200", "电饭煲 4L", "空气净化器 KJ500", "伺服电机 SM-80", "智能门锁 L7"),
    "zh-TW": ("除濕機 F-Y28", "電子鍋 10人份", "抽油煙機 R-900"),
    "en": ("pump HX-200", "child car seat CS-3", "gear motor SM-80", "air purifier KJ500"),
}
_NAMES = {
    "zh-CN": ("王敏", "李雷", "张伟"),
    "zh-TW": ("陳怡君", "林志明"),
    "en": ("John Smith", "Priya Patel", "Zoë Müller"),
}
_SIGNATURES = {
    "zh-CN": "此致\n敬礼\n\n{name}\n瑞达电子有限公司 品质部\n电话：0755-2345 6789  手机：13800138000",
    "zh-TW": "敬祝 商祺\n\n{name} 敬上\n大同貿易股份有限公司\nTEL: 02-2345-6789 #12",
    "en": "Best regards,\n{name}\nQuality Engineer | Acme Ltd.\nTel: +44 20 7946 0000",
}
_QUOTED = {
    "zh-CN": "\n\n在 2026-03-09 09:00:00，客服 <{box}> 写道：\n> 您好，来信已收到，案件编号 CP-2026-000123。\n> 我们会尽快处理。\n",
    "zh-TW": "\n\n寄件者: 客服 <{box}>\n寄件日期: 2026年3月9日 上午 09:00\n收件者: {name}\n主旨: 已收到\n\n您好，來信已收到。\n",
    "en": "\n\nOn Mon, Mar 9, 2026 at 9:00 AM Service <{box}> wrote:\n\n> Thank you, we have received your mail.\n",
}
_CHARSETS = {"zh-CN": ("utf-8", "utf-8", "gb18030"), "zh-TW": ("utf-8", "big5"), "en": ("utf-8", "cp1252")}
_LABELS = {"gb18030": "gb2312", "big5": "big5", "cp1252": "iso-8859-1", "utf-8": "utf-8"}


def mails(count: int, seed: int = 1) -> Iterator[bytes]:
    """Yield `count` mails, the same for the same seed."""
    for number in range(count):
        yield _mail(number, random.Random(f"{seed}/{number}"))


def _mail(number: int, chance: random.Random) -> bytes:
    language = chance.choices(("zh-CN", "zh-TW", "en"), (55, 15, 30))[0]
    charset, name = chance.choice(_CHARSETS[language]), chance.choice(_NAMES[language])
    reply = chance.random() < 0.2
    text = _text(language, chance, name) + (_QUOTED[language].format(box=BOX, name=name) if reply else "")
    subject = ("Re: " if reply else "") + {"zh-CN": "产品质量投诉", "zh-TW": "產品客訴", "en": "Complaint"}[language]
    head = [
        f"Received: from mx{n}.customer.example by mail.maker.example with ESMTPS id x{number}; Mon, 9 Mar 2026 10:00:00 +0800"
        for n in range(4)
    ]
    head += [
        f"From: {_word(name, charset)} <user{number % 97}@customer.example>",
        f"To: {BOX}",
        f"Subject: {_word(f'{subject} {number}', charset)}",
        "Date: Mon, 9 Mar 2026 10:00:00 +0800",
        f"Message-ID: <{number}.{chance.randrange(10**9)}@customer.example>",
        "MIME-Version: 1.0",
    ]
    if reply:
        head += [f"In-Reply-To: <cp-2026-{number:06d}.ack@maker.example>"]
    body = _body(text, charset, chance)
    files = _files(chance)
    if files:
        edge = f"mixed{number}".encode()
        parts = b"".join(b"--" + edge + b"\r\n" + part + b"\r\n" for part in (body, *files))
        body = b'Content-Type: multipart/mixed; boundary="' + edge + b'"\r\n\r\n' + parts + b"--" + edge + b"--\r\n"
    return "\r\n".join(head).encode() + b"\r\n" + body


def _text(language: str, chance: random.Random, name: str) -> str:
    facts = {
        "day": {"en": "3 March 2026"}.get(language, "2026年3月3日"),
        "product": chance.choice(_PRODUCTS[language]),
        "order": f"DD2026{chance.randrange(10**6):06d}",
        "batch": f"L26{chance.randrange(1000):03d}",
        "count": chance.randrange(1, 200),
        "amount": chance.randrange(100, 9000),
    }
    lines = chance.sample(_SENTENCES[language], chance.randrange(2, len(_SENTENCES[language])))
    said = "\n".join(line.format(**facts) for line in lines)
    return f"{_GREETINGS[language]}\n\n{said}\n\n{_SIGNATURES[language].format(name=name)}\n"


def _body(text: str, charset: str, chance: random.Random) -> bytes:
    plain = _part("text/plain", text, charset, chance)
    if chance.random() < 0.45:
        return plain
    rows = "".join(
        f'<p class="MsoNormal" style="margin:0cm"><span lang="ZH-CN">{line}</span></p>' for line in text.split("\n")
    )
    style = "<style>p.MsoNormal{margin:0cm;font-size:10.5pt}</style>" * 20
    page = _part("text/html", f"<html><head>{style}</head><body>{rows}</body></html>", charset, chance)
    if chance.random() < 0.2:
        return page
    return (
        b'Content-Type: multipart/alternative; boundary="alt"\r\n\r\n--alt\r\n'
        + plain
        + b"\r\n--alt\r\n"
        + page
        + b"\r\n--alt--\r\n"
    )


def _part(kind: str, text: str, charset: str, chance: random.Random) -> bytes:
    raw = text.replace("\n", "\r\n").encode(charset, "replace")
    encoded = chance.random() < 0.6
    body = base64.encodebytes(raw) if encoded else quopri.encodestring(raw)
    encoding = "base64" if encoded else "quoted-printable"
    return (
        f"Content-Type: {kind}; charset={_LABELS[charset]}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
        + body
    )


def _files(chance: random.Random) -> list[bytes]:
    sizes = chance.choices(([], [chance.randrange(3_000, 12_000)], [200_000]), (72, 22, 6))[0]
    return [
        f'Content-Type: image/jpeg; name="IMG_{at}.jpg"\r\nContent-Disposition: attachment; filename="IMG_{at}.jpg"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n".encode()
        + base64.encodebytes(chance.randbytes(size))
        for at, size in enumerate(sizes)
    ]


def _word(text: str, charset: str) -> str:
    return f"=?{_LABELS[charset]}?B?{base64.b64encode(text.encode(charset, 'replace')).decode()}?="
