#!/usr/bin/env python3
"""Turn hand-written sources (NAME.toml) into NAME.eml and NAME.json. Standard library only.

    python build.py            writes ../held_out and ../voices anew; the bytes depend on the sources alone

A source holds the headers, the body, the attachments and the gold record. In ``body`` the marks ⟦ ⟧ enclose what
the writer wrote this time; they become the gold ``new_text`` and are left out of the mail. See README.md.
"""

import base64
import email.utils
import html as html_text
import io
import json
import quopri
import re
import struct
import tomllib
import zipfile
import zlib
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

CORPUS = Path(__file__).resolve().parents[1]
FOLDERS = ("held_out", "voices")
CRLF = "\r\n"
TO = "complaints@huaxin-mfg.example"
PLACE_HOLDERS = {
    "auto_reply": ["nature", "severity", "department", "fields"],
    "bounce": ["new_text", "language", "attachments", "nature", "severity", "department", "fields"],
    "list": ["new_text", "language", "nature", "severity", "department", "fields"],
    "other": ["nature", "severity", "department"],
    "follow_up": ["nature", "severity", "department", "missing"],
    "complaint": [],
}
OUTLOOK = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name="Generator" content="Microsoft Word 15'
    ' (filtered medium)"><style><!--\np.MsoNormal {margin:0cm; font-size:10.5pt;}\n--></style></head>'
    '<body><div class="WordSection1">'
)
WRAP = {  # style: before, line, after
    "foxmail": (
        "<html><head><style>body { line-height: 1.5; }</style></head><body>\n",
        "<div>%s</div>",
        "</body></html>",
    ),
    "outlook": (OUTLOOK, '<p class="MsoNormal"><span lang="EN-US">%s<o:p></o:p></span></p>', "</div></body></html>"),
    "gmail": ('<div dir="ltr">', "<div>%s</div>", "</div>"),
    "qq": ("", "<div>%s</div>", ""),
    "163": (
        '<div style="line-height:1.7;font-size:14px;font-family:Arial">',
        '<div style="margin:0;">%s</div>',
        "</div>",
    ),
    "br": ("<html><body>", "%s<br>", "</body></html>"),
}


def codec(charset: str) -> str:
    """Mail labelled gb2312 is written in GBK, as most Chinese clients do."""
    return "gbk" if charset == "gb2312" else charset


def encoded_words(text: str, charset: str) -> str:
    """RFC 2047, as many words as the 75 bytes of each allow; plain ASCII stays as it is."""
    if text.isascii():
        return text
    step = 24 if charset in {"windows-1252", "iso-8859-1"} else 14
    words = (text[i : i + step].encode(codec(charset)) for i in range(0, len(text), step))
    return (CRLF + " ").join(f"=?{charset}?B?{base64.b64encode(word).decode()}?=" for word in words)


def mailbox(text: str, charset: str) -> str:
    name, _, address = text.rpartition("<")
    if not name.strip():
        return text.strip("<>")
    name = name.strip()
    shown = f'"{name}"' if name.isascii() and re.search(r"[.,()@]", name) else encoded_words(name, charset)
    return f"{shown} <{address}"


def transfer(payload: bytes, how: str) -> tuple[str, bytes]:
    """Name and bytes of the transfer encoding: base64, qp or 8bit."""
    if how == "base64":
        return "base64", base64.encodebytes(payload).replace(b"\n", b"\r\n")
    if how == "qp":
        coded = quopri.encodestring(payload.replace(b"\r\n", b"\n"))
        return "quoted-printable", coded.replace(b"\n", b"\r\n")
    return how, payload


def text_part(kind: str, text: str, source: dict[str, Any]) -> bytes:
    charset = source.get("charset", "utf-8")
    payload = text.replace("\n", CRLF).encode(codec(charset))
    name, coded = transfer(payload, source.get("cte", "base64"))
    head = f'Content-Type: text/{kind}; charset="{charset}"{CRLF}Content-Transfer-Encoding: {name}{CRLF}{CRLF}'
    return head.encode() + coded


def multipart(kind: str, parts: list[bytes], seed: str, params: str = "") -> bytes:
    mark = f"----=_Part_{sha256((kind + seed).encode()).hexdigest()[:20]}"
    head = f'Content-Type: multipart/{kind};{params}{CRLF} boundary="{mark}"{CRLF}{CRLF}'.encode()
    body = b"".join(b"--" + mark.encode() + b"\r\n" + p.rstrip(b"\r\n") + b"\r\n" for p in parts)
    return head + body + b"--" + mark.encode() + b"--\r\n"


def noise(seed: str, size: int) -> bytes:
    return b"".join(sha256(f"{seed}{i}".encode()).digest() for i in range(size // 32 + 1))[:size]


def png(seed: str, width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = noise(seed, (width + 1) * height)
    pixels = b"".join(b"\0" + rows[y * width : (y + 1) * width] for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def jpeg(seed: str, size: int, width: int, height: int) -> bytes:
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    start = (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
        + frame
        + b"\xff\xda\x00\x08\x01\x01\x00\x00?\x00"
    )
    return start + noise(seed, size).replace(b"\xff", b"\xfe") + b"\xff\xd9"


def xlsx(rows: list[list[str]]) -> bytes:
    cell = '<c t="inlineStr"><is><t>%s</t></is></c>'
    lines = ("<row>" + "".join(cell % html_text.escape(v) for v in row) + "</row>" for row in rows)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    relation = f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{rel}/%s" Target="%s"/>'
    override = '<Override PartName="/xl/%s.xml" ContentType="' + kind + '.%s+xml"/>'
    types = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    types += override % ("workbook", "sheet.main") + override % ("s", "worksheet")
    sheet = '<sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets>'
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">{types}</Types>',
        "_rels/.rels": relation % ("officeDocument", "xl/workbook.xml") + "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}">{sheet}</workbook>',
        "xl/_rels/workbook.xml.rels": relation % ("worksheet", "s.xml") + "</Relationships>",
        "xl/s.xml": f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in files.items():
            book.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)
    return out.getvalue()


def content(item: dict[str, Any]) -> tuple[str, bytes]:
    """MIME type and bytes of one attachment, by the ending of its name."""
    name, size = item["name"], item.get("size", 16_000)
    ending = name.rpartition(".")[2].lower()
    if ending in {"jpg", "jpeg"}:
        return "image/jpeg", jpeg(name, size, *item.get("pixels", [1280, 960]))
    if ending == "png":
        return "image/png", png(name, *item.get("pixels", [640, 480]))
    if ending == "xlsx":
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx(item["rows"])
    if ending == "pdf":
        return "application/pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n" + noise(name, size) + b"\n%%EOF\n"
    return {"mp4": "video/mp4"}.get(ending, "application/octet-stream"), noise(name, size)


def file_name(key: str, name: str, how: str, charset: str) -> str:
    """A name parameter: plain, RFC 2231, RFC 2231 in pieces, or (as many clients do) RFC 2047 in quotes."""
    if name.isascii():
        return f'{key}="{name}"'
    if how == "2047":
        return f'{key}="=?{charset}?B?{base64.b64encode(name.encode(codec(charset))).decode()}?="'
    escaped = quote(name.encode(codec(charset)))
    if how == "2231":
        return f"{key}*={charset}''{escaped}"
    pieces = re.findall(r"(?:%..|[^%]){1,12}", escaped)
    pieces[0] = f"{charset}''{pieces[0]}"
    return f";{CRLF} ".join(f"{key}*{i}*={piece}" for i, piece in enumerate(pieces))


def attachment(item: dict[str, Any], charset: str) -> tuple[bytes, dict[str, Any]]:
    kind, payload = content(item)
    cid = item.get("cid")
    how = item.get("coding", "2231")
    head = [
        f"Content-Type: {kind};{CRLF} {file_name('name', item['name'], how, charset)}",
        "Content-Transfer-Encoding: base64",
        f"Content-Disposition: {'inline' if cid else 'attachment'};{CRLF} "
        + file_name("filename", item["name"], how, charset),
    ]
    head += [f"Content-ID: <{cid}>"] if cid else []
    gold = {"filename": item["name"], "size": len(payload), "inline_decoration": item.get("decoration", False)}
    return (CRLF.join(head) + CRLF * 2).encode() + transfer(payload, "base64")[1], gold


def as_html(text: str, style: str) -> str:
    before, line, after = WRAP[style]
    shown = (html_text.escape(each, quote=False).replace("  ", "&nbsp; ") or "<br>" for each in text.split("\n"))
    if style == "outlook":
        shown = ("&nbsp;" if each == "<br>" else each for each in shown)
    return before + "\n".join(line % each for each in shown) + after


def told(text: str) -> str:
    """The text between the marks, lines trimmed, blank runs collapsed."""
    inner = "\n".join(re.findall(r"⟦(.*?)⟧", text, re.S))
    lines = (re.sub(r"[ \t\u3000\xa0]+", " ", line).strip() for line in inner.strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def body(source: dict[str, Any], seed: str) -> bytes:
    marked = source.get("body", "")
    text = re.sub("[⟦⟧]", "", marked).strip("\n") + "\n"
    shape = source.get("shape", "text")
    rich = source.get("html") or as_html(text.rstrip("\n"), source.get("style", "qq"))
    rich = re.sub("[⟦⟧]", "", rich)
    if images := [a for a in source.get("attach", []) if a.get("cid") and a["cid"] not in rich]:
        rich += "".join(f'<p><img src="cid:{a["cid"]}"></p>' for a in images)
    if shape == "text":
        return text_part("plain", text, source)
    if shape == "html":
        return text_part("html", rich, source)
    if shape == "report":
        sort = source.get("report", "delivery-status")
        status = f"Content-Type: message/{sort}{CRLF * 2}".encode() + source["status"].replace("\n", CRLF).encode()
        returned = b"Content-Type: text/rfc822-headers\r\n\r\n" + source["returned"].replace("\n", CRLF).encode()
        return multipart("report", [text_part("plain", text, source), status, returned], seed, f" report-type={sort};")
    return multipart("alternative", [text_part("plain", text, source), text_part("html", rich, source)], seed)


def mail(source: dict[str, Any], seed: str) -> tuple[bytes, list[dict[str, Any]]]:
    """The bytes of one mail and the gold list of its attachments."""
    charset = source.get("charset", "utf-8")
    built = [attachment(a, charset) for a in source.get("attach", [])]
    inline = [p for p, _ in built if b"Content-ID" in p]
    others = [p for p, _ in built if b"Content-ID" not in p]
    if inner := source.get("inner"):
        whole, _ = mail(inner, seed + "inner")
        others.append(b"Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n" + whole)
    tree = body(source, seed)
    tree = multipart("related", [tree, *inline], seed) if inline else tree
    tree = multipart("mixed", [tree, *others], seed) if others else tree
    headers = {
        "Date": email.utils.format_datetime(source["date"]),
        "From": mailbox(source["from"], charset),
        "To": source.get("to", f"<{TO}>"),
        "Subject": encoded_words(source["subject"], charset),
        "Message-ID": f"<{sha256(seed.encode()).hexdigest()[:18]}@{source['from'].rpartition('@')[2].strip('>')}>",
        **{k: encoded_words(v, charset) for k, v in source.get("headers", {}).items()},
        "MIME-Version": "1.0",
    }
    return "".join(f"{k}: {v}{CRLF}" for k, v in headers.items()).encode() + tree, [g for _, g in built]


def record(source: dict[str, Any], attachments: list[dict[str, Any]]) -> dict[str, Any]:
    gold = source["gold"]
    name, _, address = source["from"].rpartition("<")
    kind = gold["kind"]
    fields = dict(gold.get("fields", {}))
    if kind in {"complaint", "follow_up", "other"}:
        fields.setdefault("email", source.get("asker", address.strip(">")).lower())
    return {
        "kind": kind,
        "language": gold["language"],
        "subject": source["subject"],
        "sender": {"name": name.strip(), "address": address.strip(">")},
        "forwarded_by": gold.get("forwarded_by"),
        "new_text": gold["new_text"].strip() if "new_text" in gold else told(source["body"]),
        "attachments": attachments,
        "fields": fields,
        "nature": gold.get("nature", "other"),
        "severity": gold.get("severity", 0),
        "department": gold.get("department", "business"),
        "missing": gold.get("missing", []),
        "belongs_to": gold.get("belongs_to"),
        "ambiguous": PLACE_HOLDERS[kind] + gold.get("ambiguous", []),
    }


def main() -> None:
    for path in sorted(p for folder in FOLDERS for p in (CORPUS / folder).rglob("*.toml")):
        source = tomllib.loads(path.read_text(encoding="utf-8"))
        raw, attachments = mail(source, path.stem + path.parent.name * path.parent.name.startswith("thread"))
        path.with_suffix(".eml").write_bytes(raw)
        gold = json.dumps(record(source, attachments), ensure_ascii=False, indent=2)
        path.with_suffix(".json").write_text(gold + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
