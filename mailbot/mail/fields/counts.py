"""Numbers of things in a text, each with the points that speak for its counting the affected ones.

A number is weighed by the words around it in its clause, and by what was counted before it: of 20 inspected, the 8
named next are the bad ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from mailbot.mail.fields.fractions import parts
from mailbot.mail.fields.numerals import NUMBER_WORDS, numeral
from mailbot.mail.fields.page import Lexicon, Page, any_of
from mailbot.mail.fold import fold

_NEAR = 160  # characters between a whole and its part
_LIMIT = 200  # numbers of one mail that are looked at
_NOT_PIECES = (
    r"(?!(?:工作|小时|月|星期|礼拜|钟头|多月|半月|人|客户|顾客|客人|用户|不同的|说法|电话|问题|原因"
    r"|客服|疗程|季度|回合|字|多小时|多月|地方|解释|交代|答复|好评|差评|更换|店|点位|安装"
    r"|规格|型号|批次|数|百分|度|小孩|孩子"
    r"|师傅|面(?!板|盖|罩|料|上)|样|平台|阶段|步骤|方案|要求|方面|部门|城市|国家|/(?!\d)))"
)
_ARTICLES = (
    r"(?:(?:the|a|your|our|these|those|this|that|total|whole|roughly|about|around|approximately|approx\.?|nearly|almost"
    r"|over|some|first|last|batch of|lot of|shipment of) ?)*"
)
_GOOD = re.compile(
    r"[^,。]{0,4}(?:正常|合格|良品|没问题|没有问题|没卖|未售|未用|是好的|完好|passed|were delivered|delivered|received"
    r"|tested|are fine|were fine|are ok|were ok|are good)"
)
_ALL_BAD = re.compile(
    r"[ ,]?(?:产品|货|样品|,[^,。;\d]{1,4})?[ ]?(?:(?P<each>[\u4e00-\u9fff])(?P=each))?"
    r"(?:每[\u4e00-\u9fff]{1,2}都|全部|全都|都|均|皆|一个样|一样|无一|没有?一[\u4e00-\u9fff]|全)(?!.{0,3}(?:正常|合格|良品|是好|没问题|入库|收到|已经?付|封存|隔离|停用|冻结|下架|退|发))"
)
_AND_A_HALF = re.compile(r"半(?![年月天日个小夜路])")  # 一箱半
_SUBSET = re.compile(r"(?:其中|里有|中有|有|共|found|(?:发现|检出|查出|测出|出现)[^,。;\d]{0,6})[ ]?$")
_IN_IT = re.compile(r"[ ]?(?:装|每)?(?:货|产品)?(?:中|里)(?:有|面|,)?")
_WITHIN = re.compile(r"(?:里|中|[ ,]?其中)")
_SPANS = (
    r"(?:hours|days|weeks|months|years|minutes|seconds|times|customers|clients|users|degrees|euros|dollars|pounds|volts"
    r"|inches|photos|pictures|emails|calls|children|kids|things|issues|problems|reasons|questions"
    r"|persons|guys|its|was|has"
    r"|is|this|working|business)\b"
)
_PERSONS = (
    r"(?:technicians?|engineers?|fitters?|installers?|drivers?|staff|salesm[ae]n|colleagues?|customers?|clients?|users?"
    r"|guys|people|men|workers|operators|kids|children|friends|others?|best|most|reasons?|reviews?|shops?|stores?)\b"
)
_AFFECTING = re.compile(r"\b(?:for|return|replace|credit|found|with|reject(?:ed)?|reclaim|the) $")
_SWAP = re.compile(
    r"(?:换|调换|更换|换货|退换|\b(?:reclaim|replace|exchange|swap|return)(?: of| for)?(?: the| these| those| all)*)"
    r"[ ]?(?:新|良品|给我)?[ ]?$"
)
_IN_ALL = re.compile(r" (?:in total|altogether|in all)\b")
_OTHER_COUNT = re.compile(rf"(?:,| and| but|;) (?:only |just )?(?:\d|(?:{NUMBER_WORDS}) )")
_GUESSED = re.compile(r"(?:估计|预计|推算|可能有|整批|全批|estimated?|the whole|entire|rest of)[^,。]{0,6}$")
_THE_ONE = re.compile(r"\b(?:this|that|the|new|other|old|each|which|every|last|first|no|any) $")
_TAKEN_BACK = re.compile(r"(?:不是|并非|not)[ ]?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of things: its span, value, the span of its unit, the points for it, and whether it counts the whole."""

    start: int
    end: int
    number: float
    unit: tuple[int, int] | None
    points: float
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The vocabulary of quantities, compiled."""

    count: re.Pattern[str]
    things: re.Pattern[str]
    bad: re.Pattern[str]
    failed: re.Pattern[str]
    faulty: re.Pattern[str]
    shares: tuple[re.Pattern[str], ...]
    affected: re.Pattern[str]
    whole: re.Pattern[str]
    sums: re.Pattern[str]
    contained: re.Pattern[str]


@lru_cache(maxsize=8)
def words_of(lexicon: Lexicon) -> Words:
    """Compile the words of a vocabulary."""
    words = lexicon.vocabulary.quantity
    digits = r"\d[\d,]{0,12}(?:\.\d+)?(?:万|千)?"
    number = (
        rf"(?<![\d.a-z\-/])(?<!\d,)(?P<n>{digits}|[一两二三四五六七八九十百千万零几]{{1,9}}(?!半)"
        r"|(?<![一上下前后左右大小多])半)"
    )
    plain = rf"(?P<n>\d[\d,]{{0,11}}|(?:{NUMBER_WORDS}))"
    unit = rf"(?:[ ]?(?P<unit>{lexicon.units}))?"
    latin = any_of(fold(w) for w in words.affected if w.isascii() and w not in ("with", "out of"))
    return Words(
        count=re.compile(rf"{number}[ ]?(?:多|余|来)?[ ]?(?P<unit>{lexicon.units}){_NOT_PIECES}"),
        things=re.compile(rf"(?<![\w.,\-/#$£€])(?P<n>\d[\d,]{{0,8}}) (?:[a-z\-]+ ){{0,3}}?(?:{lexicon.goods.pattern})"),
        failed=re.compile(
            rf"(?<![\w.,\-/#$£€]){plain} (?:(?!{_SPANS}|{_PERSONS})[a-z\-]+ ){{0,2}}?"
            rf"(?!{_SPANS}|{_PERSONS})[a-z\-]{{3,}}s(?![a-z])"
            rf"(?:(?! (?:and|but|while) (?:{NUMBER_WORDS}) )[^,.;\n\d]){{0,40}}?(?:{latin})"
        ),
        bad=re.compile(
            rf"(?<![\w.,\-/#$£€]){plain} (?:(?:of (?:them|these|those)|are|were|was|is|have"
            rf"|had|has|came|arrived|turned out"
            rf"|already|completely|badly|units|pieces|m|metres|meters|yards) ){{0,3}}(?:{latin}|so far|to date|by now)"
        ),
        faulty=re.compile(rf"(?<![\w.,\-/#$£€]){plain} (?:{latin}) (?P<unit>{lexicon.units})"),
        shares=(
            re.compile(
                rf"(?<![\w.,\-/])(?=[\da-z])(?<!crate )(?<!box )(?<!carton )(?<!page )(?<!pallet )(?<!case )(?<!day )"
                rf"(?<!step )(?<!part ){plain}{unit}(?: (?!instead|rather|than)[a-z\-]+){{0,4}}? (?:out of|of|from) "
                rf"{_ARTICLES}(?P<all>\d[\d,]*|(?:{NUMBER_WORDS})(?![a-z]))"
                rf"(?![\d,]*[/.\-]\d)(?:[ ]?(?P<of>{lexicon.units}))?"
            ),
            re.compile(
                rf"(?<![\w.,\-/]){plain} (?:of (?:them|these|those|which)(?![a-z])|(?:of|from) (?:(?<!one of )your"
                rf"|our|the) (?!{_PERSONS})[a-z\d]+)"
            ),
            re.compile(  # 12芯里有3芯
                r"(?<![\d.])(?P<all>\d[\d,]*)[ ]?(?P<unit>[\u4e00-\u9fff])(?:产品|货|料)?"
                r"(?:里|中|之中|当中)?(?:面|头)?[ ,]?"
                r"(?:就|竟|竟然|只|其中)?(?:有|坏了?|发现|挑出)(?P<n>\d[\d,]*)[ ]?(?P=unit)"
            ),
            re.compile(
                rf"\bout of {_ARTICLES}(?P<all>\d[\d,]*)[^;\n]{{0,60}}?"
                rf"(?:\([^)\n]{{0,40}}\))?[^;\n]{{0,60}}?, (?:only )?{plain}{unit}(?! (?:days|hours|weeks))"
            ),
        ),
        affected=re.compile(any_of(fold(w) for w in words.affected)),
        whole=re.compile(any_of(fold(w) for w in words.whole)),
        sums=re.compile(any_of(fold(w) for w in words.sums)),
        contained=re.compile(any_of(fold(w) for w in words.contained)),
    )


def counts(page: Page) -> Iterator[Count]:
    """Find every number of things, weighed; those taken by another field are left out."""
    shares = list(_shares(page))
    wholes = [span for _, span in shares if span]
    others = (c for c in (*_with_unit(page), *_without_unit(page)) if not any(a <= c.start < b for a, b in wholes))
    for count in (*(count for count, _ in shares), *others):
        if page.free(count.start, count.end):
            yield count


def _shares(page: Page) -> Iterator[tuple[Count, tuple[int, int] | None]]:
    """Find 14 of 200, out of 200 … 14: what is named beside the whole is the bad part; also where the whole stands."""
    words = words_of(page.lexicon)
    for place, pieces, things in parts(page.spoken.level, page.lexicon):
        if not _GOOD.match(page.spoken.level[place[1] : place[1] + 16]):
            yield Count(start=place[0], end=place[1], number=pieces, unit=things, points=5), place
    for pattern in words.shares:
        for hit in islice(pattern.finditer(page.spoken.level), _LIMIT):
            number, groups = numeral(hit["n"]), hit.groupdict()
            of = numeral(groups["all"]) if groups.get("all") else None
            unit = next((hit.span(g) for g in ("unit", "of") if groups.get(g)), None)
            good = _GOOD.match(page.spoken.level[hit.end() : hit.end() + 16])
            had = of is None and words.whole.search(page.spoken.level[max(0, hit.start() - 12) : hit.start()])
            if number is not None and (of is None or number <= of) and not good and not had:
                span = hit.span("all") if of is not None else None
                yield Count(start=hit.start("n"), end=hit.end("n"), number=number, unit=unit, points=4), span


def _with_unit(page: Page) -> Iterator[Count]:
    level, words = page.spoken.level, words_of(page.lexicon)
    hits = list(islice(words.count.finditer(level), _LIMIT))
    before: Count | None = None
    for index, hit in enumerate(hits):
        number = numeral(hit["n"])
        if number is None:
            continue
        if number == int(number) and _AND_A_HALF.match(level, hit.end()):
            number += 0.5
        clause = page.spoken.clause(hit.start())[0], page.spoken.clause(hit.end() - 1)[1]  # 1,440 is one number
        previous = hits[index - 1].end() if index else 0
        following = hits[index + 1].start() if index + 1 < len(hits) else len(level)
        left = level[max(clause[0], previous, hit.start() - 24) : hit.start()]
        right = level[hit.end() : min(clause[1], following, hit.end() + (40 if hit["unit"].isascii() else 16))]
        if hit["unit"].isascii():
            right = _OTHER_COUNT.split(right, maxsplit=1)[0]
        between = level[hit.end() : following] if following - hit.end() < 8 else ""
        points, whole = weigh(left, right, between, words)
        if index + 1 < len(hits) and _some_of(hit, hits[index + 1], level[hit.end() : following], words):
            points, whole = -2.0, True
        points += 2 * (1 + whole) * bool(_ALL_BAD.match(level, hit.end()))
        if before and hit.start() - before.end < _NEAR and not whole and _part_of(before, number, level, hit):
            points += 2
        elif before and left.endswith("其中") and not before.whole and number < before.number and before.points >= 2:
            points -= 3
        if hit["n"] == "一" and points < (2 if re.search(r"[少缺漏短](?:发|了|给|装|寄)*$", left) else 3):
            continue
        count = Count(
            start=hit.start(), end=hit.end(), number=number, unit=hit.span("unit"), points=points, whole=whole
        )
        before = count if whole or before is None or not before.whole else before
        yield count


def _some_of(one: re.Match[str], other: re.Match[str], between: str, words: Words) -> bool:
    """Whether the first of two counts is the whole of the second: 十二把椅子坏了四把."""
    if one["unit"] != other["unit"] or len(between) > 12 or not between.endswith(("了", "掉")):
        return False
    whole, part = numeral(one["n"]), numeral(other["n"])
    return bool(whole and part and part < whole and words.affected.search(between))


def _part_of(whole: Count, number: float, level: str, hit: re.Match[str]) -> bool:
    """Whether a number is named as a part of one counted before: the same thing, fewer of them."""
    unit = level[slice(*whole.unit)] if whole.unit else ""
    return whole.whole and number < whole.number and unit == hit["unit"]


def _without_unit(page: Page) -> Iterator[Count]:
    level, words = page.spoken.level, words_of(page.lexicon)
    for hit in islice(words.things.finditer(level), _LIMIT):
        left, right = level[max(0, hit.start() - 24) : hit.start()], level[hit.end() : hit.end() + 28]
        right = _OTHER_COUNT.split(right.split("\n")[0], maxsplit=1)[0]
        points = weigh(left, right, "", words)[0] + bool(_AFFECTING.search(left))
        points += 2 * bool(_ALL_BAD.match(level, hit.end()))
        if (number := numeral(hit["n"])) is not None:
            yield Count(start=hit.start(), end=hit.end("n"), number=number, unit=None, points=min(points, 3))
    for hit in islice(words.faulty.finditer(level), _LIMIT):
        if (number := numeral(hit["n"])) is not None:
            yield Count(start=hit.start(), end=hit.end("n"), number=number, unit=hit.span("unit"), points=3)
    for hit in islice((hit for pattern in (words.bad, words.failed) for hit in pattern.finditer(level)), _LIMIT):
        number = numeral(hit["n"])
        if number is not None and not (hit["n"] == "one" and _THE_ONE.search(level, 0, hit.start())):
            yield Count(start=hit.start(), end=hit.end("n"), number=number, unit=None, points=2)


def weigh(left: str, right: str, between: str, words: Words) -> tuple[float, bool]:
    """Weigh a number by the words on both sides; also tell whether it counts the whole."""
    points = 0.0
    near = left[-14:] if left[-1:].isascii() and left.strip()[-1:].isascii() else left[-8:]
    all_of_it = bool(words.whole.search(near)) and not re.search(r"其中|有[ ]?$", near)
    if words.affected.search(left):
        points += 2
    if words.affected.search(right):
        points += 2
    if not points and (words.contained.search(left) or words.contained.search(right)):
        points += 1
    if words.sums.search(left):
        points += 2 if points or words.sums.search(left[-4:]) else 1
    points += bool(_IN_ALL.match(right))
    points += bool(_SUBSET.search(left)) + 1.5 * bool(_SWAP.search(left))
    contains = bool(_IN_IT.match(right) or _WITHIN.match(between))
    points -= 4 * contains + 3 * bool(_GOOD.match(right)) + 2 * bool(_GUESSED.search(left))
    points -= 5 * bool(_TAKEN_BACK.search(left))
    if all_of_it and not words.affected.search(near):
        points -= 2
    return points, contains or all_of_it
