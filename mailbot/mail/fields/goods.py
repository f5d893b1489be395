"""The product.

From a label, the company's catalogue, or the noun for goods that stands beside the model or comes first.

Chinese compounds are widened to the left (电 + 热水壶), stopping at small words; English nouns take one or two words
in front.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence

from mailbot.core.model import Finding
from mailbot.mail.fields.guess import guess_product
from mailbot.mail.fields.labelled import Labelled
from mailbot.mail.fields.page import Page

_STOP_CHARS = frozenset(
    "的了们这那个只台件套我你您他她它在到给与和及跟或是有买卖购把被从对为将就也都还没不请家款司方此该本等"
    "之由向比让使因但而且又再后前时里上下内外日天年月号用新坏旧说着过得地批来去做吗呢吧啊每各项种嘅咗冇唔"
)
_KEPT = (
    "不锈",
    "不粘",
    "无线",
    "台式",
    "台扇",
    "有线",
    "过滤",
    "过压",
    "日光",
    "内存",
    "内窥",
    "后视",
    "前照",
    "新风",
    "时间",
    "地插",
    "落地",
    "同步",
    "两用",
    "上盖",
    "下盖",
    "内胆",
    "外壳",
    "家用",
    "车用",
    "户外",
    "后盖",
    "前盖",
    "上下",
    "外置",
    "内置",
    "商用",
    "民用",
    "医用",
)
_STOP_WORDS = re.compile(
    r"(?:[一二两三四五六七八九十几][条张双支盏箱瓶盒袋辆副块卷根口顶对组包罐]|反馈|使用|供应|收到|购买|送来|投诉|关于|通知|发现|出现|产品|型号|打开|安装|生产|订购|采购"
    r"|全部|损坏|不良|故障|问题|客户|用户|顾客|今天|昨天|贵|咱|几|两(?!用|极|相)|三(?!相|通|角|合|脚"
    r"|孔|防|极|轮)|四(?!驱|轮|通|芯)|五(?!孔|金)|六(?!角)|七|八(?!角|芯)|九|十(?!字)|一(?!体|字)"
    r"|二(?!极|合)|普通|那种|品牌|牌子|拆开|更换|退回|检查|整批|包括|回复|处理|催|急|转发|所有|其中"
    r"|显示|好多|很多|质量|一款|检验|老化线|品质|测试)"
)
_EN_MODIFIER = re.compile(r"(?P<word>[a-z][a-z\-]*|\d+(?:v|w|a|mm|cm|l|inch|in|m))[ ]$")
_DETERMINER = re.compile(
    r"(?:\b(?:the|an?|your|my|our|this|that|these|those|of|new|two|three|four|five|model|\d[\d,]*)|^"
    r"|\n|[a-z0-9\-]*\d[a-z0-9\-]*)[ ]$|^$|\n$"
)
_BESIDE = re.compile(r"(?P<name>[\u4e00-\u9fff]{2,10})[ ]?[(,]?[ ]?$")


def find_product(page: Page, labels: Sequence[Labelled], model: Finding | None) -> Iterator[tuple[str, Finding]]:
    """Find what the complaint is about."""
    text, level = page.spoken.text, page.spoken.level
    named = [v for v in labels if v.field == "product" and v.form and 1 < v.end - v.start <= 60]
    if named:
        values = dict.fromkeys(text[v.start : v.end] for v in named)
        yield "product", page.found("; ".join(values), named[0].start)
        return
    words, catalogue = page.lexicon.vocabulary.goods, page.lexicon.catalogue
    if catalogue and (hit := catalogue.search(level)):
        yield "product", page.found(text[slice(*hit.span())], hit.start())
        return
    spans = [_widened(level, *hit.span(), words.never_in_names) for hit in page.lexicon.goods.finditer(level)]
    spans = [s for s in spans if page.free(*s) and _is_noun(level, *s, words.doubtful)]
    where = _places(level, str(model.value)) if model else []
    if not page.text_start > 1:
        spans = [s for s in spans if _beside(level, [s], where)]  # a reply speaks of parts, the product is known
    best = (
        _beside(level, spans, where)
        or next((s for s in spans if s[0] >= page.text_start), None)
        or next(iter(spans), None)
    )
    if best is None and where:
        best = _unknown_beside(level, where)
    sure = 0.8 if best else 0.4
    best = best or (guess_product(page) if page.text_start > 1 else None)
    if best:
        yield "product", page.found(text[best[0] : best[1]], best[0], sure)


def _places(level: str, model: str) -> list[tuple[int, int]]:
    return [hit.span() for hit in re.finditer(re.escape(model.split(";")[0].lower()), level)]


def _widened(level: str, start: int, end: int, stop: Container[str]) -> tuple[int, int]:
    return _widen_latin(level, start, end, stop) if level[start].isascii() else _widen_han(level, start, end)


def _widen_han(level: str, start: int, end: int) -> tuple[int, int]:
    left = start
    while left > 0 and start - left < 8 and ("\u4e00" <= level[left - 1] <= "\u9fff"):
        if (
            level[left - 1] in _STOP_CHARS
            and level[left - 1 : left + 1] not in _KEPT
            and level[left - 2 : left] not in _KEPT
        ):
            break
        left -= 1
    run = level[left:start]
    if stops := list(_STOP_WORDS.finditer(run)):
        left += stops[-1].end()
    latin = re.search(r"(?<![a-z0-9\-])(?:[a-z]+(?:-[a-z]+)?)[ ]?$", level[max(0, left - 12) : left])
    if latin and re.fullmatch(
        r"led|lcd|usb|usb-c|type-c|oled|wifi|hdmi|rgb|pd|gan|pvc|abs|ac|dc|rj|vga|smt|fpc|pcb|typec|micro usb",
        latin[0].strip(),
    ):
        left -= len(latin[0])
    return left, end


def _widen_latin(level: str, start: int, end: int, stop: Container[str]) -> tuple[int, int]:
    for _ in range(2):
        before = _EN_MODIFIER.search(level, max(0, start - 20), start)
        if before is None or before["word"] in stop or before["word"].endswith(("ed", "ly")):
            break
        start = before.start("word")
    return start, end


def _is_noun(level: str, start: int, end: int, doubtful: Container[str]) -> bool:
    """Whether an English word that might be a verb or part of a phrase stands as a noun."""
    if level[start:end] == "手机" and re.match(r"[ ]?(?:号|:|[ ]?\d)", level[end:]):
        return False
    return level[start:end].rstrip("s") not in doubtful or bool(_DETERMINER.search(level[max(0, start - 24) : start]))


def _beside(level: str, spans: list[tuple[int, int]], where: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the goods standing right before or right after the model."""
    found: list[tuple[int, int]] = []
    for a, b in where:
        for start, end in spans:
            between = level[end:a] if end <= a else level[b:start] if b <= start else "far away"
            if re.fullmatch(
                r"[\s(,:\-]{0,3}(?:(?:型号|model|p/n|料号|规格)[\s:]{0,2}|一台[\s(,]?(?:型号)?[\s:]{0,2})?", between
            ):
                found.append((start, end))
    return max(found, key=lambda s: s[1] - s[0], default=None)


def _unknown_beside(level: str, where: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Guess that what stands before the model, after the last small word, is a name."""
    for a, _ in where:
        if hit := _BESIDE.search(level, max(0, a - 14), a):
            start, end = hit.span("name")
            cut = max((i for i in range(start, end) if level[i] in _STOP_CHARS), default=start - 1) + 1
            cut = max([cut, *(cut + m.end() for m in _STOP_WORDS.finditer(level[cut:end]))])
            if end - cut >= 2:
                return cut, end
    return None
