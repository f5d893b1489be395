"""Noun phrases of Chinese text that may name a thing: where they begin, where they end.

Chinese has no blanks: a phrase reaches from a small word (的, 了, 台), a verb or a mark to the last character in which
names of things end (机, 灯, 膜) or the last known noun.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache

from mailbot.core.manywords import ManyWords
from mailbot.mail.fields.page import Lexicon
from mailbot.mail.fold import fold

Span = tuple[int, int]

_RUN = re.compile(r"[\u4e00-\u9fff]{2,60}")
_STOP_CHAR = re.compile(
    "[的了们这那个只台套我你您他她它在到给与和及跟或是有买卖购把被从对为将就也都还没不请家款司方此该本等之由向比让使因但而且"
    "又再后前时里上下内外日天年月号用新坏旧说着过得地批来去做吗呢吧啊每各项种嘅咗冇唔哋喺系啲嚟揾至于其所某则即若已曾并]"
)
_KEPT = frozenset(
    re.split(
        r"\|",
        "有机|内六角|外六角|外墙|内墙|外墙|不锈|不粘|无线|台式|台扇|台灯|台历|台秤|有线|过滤"
        "|过压|日光|日历|内存|内窥|后视|"
        "前照|新风|新能|时间|时钟|地插|落地|地板|地毯|地垫|地漏|同步|两用|上盖|下盖|内胆|"
        "外壳|外套|家用|家具|家电|车用|户外|后盖|前盖|上下|外置|内置|商用|民用|医用|拖把|"
        "车把|门把|把手|年糕|月饼|天线|天窗|天幕|本子|笔记本|记本|水下|里程|套筒|套管|套装|"
        "手套|枕套|被套|床上|套件|护套|方管|方向|对讲|比重|比色|用水|用电|将军|项链|等离|"
        "离子|只读|司南|由壬|新鲜|地砖|地暖|地锁|个护|使用说|坏境|对接|内衣|外衣|内裤|上衣|"
        "台面|台布|台钳|台钻|给水|给湿|转向|导向|向导|定向|单向|双向|万向|地磅|地毯|地锁|地桩|地钉|天花|天平|新型|地秤|地脚|上衣|里布|向日|得宝|过胶|过桥|家纺|套头|本色|来福",
    )
)
_NUMERALS = "一二两三四五六七八九十百千几半整全"
_COUNTED_IN = r"(?:[条张双支盏箱瓶盒袋辆副块卷根口顶对组包罐把片颗粒枚只台件套个瓶桶捆排层种位名天]|次(?!性))"
_STOP_WORDS = re.compile(  # each begins with a character of its own, so that the engine looks for these first
    "|".join(f"{first}[{_NUMERALS}]*{_COUNTED_IN}" for first in _NUMERALS)
    + r"|(?<=[这那该此])单|装(?=[热冷水油酒咖饮满汤茶糖米面])|怎么|如何|反馈|使用"
    r"|供应|收到|收货|购买|购得|送来|发来|寄来|运来|投诉|关于|通知|发现|出现|产品"
    r"|型号|批号|批次|订单|料号|图号|货号|规格|数量"
    r"|编号|合同|单号|采购单|打开|安装|生产|订购|采购|全部|损坏|不良|故障|问题|客户|用户"
    r"|顾客|今天|昨天|明天|昨晚|今早|目前|现在|最近|贵|咱|几"
    r"|两(?!用|极|相)|三(?!相|通|角|合|脚|孔|防|极|轮|人|层|脚|明治)|四(?!驱|轮|通|芯|件"
    r"|人|季)|五(?!孔|金|人)|六(?!角|人)|七|八(?!角|芯|宝)"
    r"|九|十(?!字)|一(?!体|字|次性)|二(?!极|合|手)|普通|那种|品牌|牌子|拆开|更换|退回|检查"
    r"|整批|包括|回复|处理|催|急|转发|所有|其中|显示|好多"
    r"|很多|质量|一款|检验|抽检|测试|品质|入库|出库|发货|送货|装配|组装|断了|断裂|开裂|爆裂"
    r"|漏水|漏油|短少|少了|缺少|实收|应收|需要|希望|要求"
    r"|造成|导致|存在|属于|包含|以及|如果|因为|所以|可以|无法|不能|没有|其他|其它|另外|验收"
    r"|采用|库存|剩余|余下|运行|工作|启动|来自|华信|公司|委外"
    r"|检测|检出|测得|称重|拿到|取出|带来|卖出|售出|卸车|停产|下单|预约|预订|定做|定制的"
    r"|委托|订(?!书|制)|受|请问|咨询|想要|左右|大概|大约|普遍|个别|部分"
    r"|好几|若干|同批|本批|整箱|整包|老板|师傅|先生|女士|经理|先|再|很|让|换(?<![转变切交置替]换)(?!气"
    r"|热|向|能|挡|档)|拆(?!装)|修(?!边|枝|草)"
)
_GOES_ON = {  # 条件 is no 条
    "条": "件款例码形",
    "包": "装括含裹邮退赔修换",
    "表": "面示明现达",
    "机": "身构会械制房",
    "头": "部尾",
    "计": "划算较入价",
    "网": "上络站点购址",
    "料": "号件",
    "件": "号数",
    "车": "间辆载身祸",
    "线": "上下路体索边长切",
    "盘": "点",
    "油": "漆污墨",
    "刷": "卡单新机",
    "扣": "款除钱费",
    "管": "理道控辖",
    "锁": "定死",
    "门": "店口市",
    "套": "餐装",
    "酒": "店",
    "药": "监店厂",
    "笔": "误试记",
    "卡": "死住顿滞扣壳槽片",
    "仪": "表",
    "器": "件械",
    "座": "位",
    "灯": "光具饰箱",
    "带": "来着有回",
    "环": "境保节",
    "塞": "车",
}
_FAULT = re.compile(r"[漏裂坏断爆渗破脱掉错松响闪烧锈变偏缺少炸崩卡堵溢冒鼓洗打]")
_PREFIX = re.compile(
    r"(?<![a-z0-9\-/.])(?:(?:led|lcd|usb|usb-c|type-c|oled|wifi|hdmi|rgb|pd|gan|ac|dc|rj"
    r"|vga|smt|fpc|pcb|typec|micro usb|[a-z]{1,5})[ ]?"
    r"|\d+(?:\.\d+)?[ ]?(?:v|w|a|l|ml|mm|cm|m|kg|g|k|mah|寸|英寸|吋|升|斤|公斤|毫升|瓦|伏|匹|孔|位|芯|口|层|英尺)[ ]?)$"
)
_LATIN_KNOWN = re.compile(
    r"led|lcd|usb|usb-c|type-c|oled|wifi|hdmi|rgb|pd|gan|ac|dc|rj|vga|smt|fpc|pcb|typec|micro usb|.*\d.*"
)


@lru_cache(maxsize=8)
def _names(lexicon: Lexicon) -> ManyWords:
    """What a name of a thing may end in: a known noun, or a character things end in."""
    goods = lexicon.vocabulary.goods
    return ManyWords({fold(n) for n in goods.nouns if not n.isascii()} | set(fold(goods.heads)))


def _named(level: str, lexicon: Lexicon) -> list[Span]:
    """Return where anything stands that a name may end in: its start, and its length below zero, in that order."""
    return sorted((end - len(word), -len(word)) for word, end in _names(lexicon).found(level))


def _ends(level: str, start: int, stop: int, named: Sequence[Span]) -> Iterator[Span]:
    """Yield the spans after which a name may end, in order, without overlaps; the longest wins."""
    for at, length in named[bisect_left(named, (start,)) : bisect_left(named, (stop,))]:
        end = at - length
        goes_on = length == -1 and end < stop and level[end] in _GOES_ON.get(level[at], "")
        if at >= start and end <= stop and not goes_on:
            start = end
            yield at, end


@lru_cache(maxsize=8)
def _no_goods(lexicon: Lexicon) -> tuple[str, ...]:
    return tuple(fold(word) for word in lexicon.vocabulary.goods.not_goods)


@lru_cache(maxsize=8)
def _counted(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(rf"\d[ ]?(?:{lexicon.units})")


def han_phrases(level: str, lexicon: Lexicon) -> Iterator[Span]:
    """Yield the spans of phrases that may name a thing, in order."""
    if not _RUN.search(level):
        return
    named = _named(level, lexicon)
    known = [(start, end) for start, end in _ends(level, 0, len(level), named) if end - start > 1]
    small = _small_words(level)
    for run in _RUN.finditer(level):
        for start, end in _pieces(level, *run.span(), known, small, lexicon):
            if (stop := _end(level, start, end, named, lexicon)) >= start + 2:
                yield _with_prefix(level, start), stop


def _small_words(level: str) -> list[Span]:
    chars = (hit.span() for hit in _STOP_CHAR.finditer(level) if not _kept(level, hit.start()))
    return sorted([*chars, *(hit.span() for hit in _STOP_WORDS.finditer(level))])


def _pieces(
    level: str, start: int, end: int, known: Sequence[Span], small: Sequence[Span], lexicon: Lexicon
) -> Iterator[Span]:
    """Cut a run of characters at `small` words, verbs and counts, but never within a `known` noun of the text."""
    cuts = [*small[bisect_left(small, (start,)) : bisect_left(small, (end,))]]
    if hit := _counted(lexicon).match(level, start - 1) if start and level[start - 1].isdigit() else None:
        cuts.append((start, hit.end()))
    if start > 1 and level[start - 1] == " " and (hit := _counted(lexicon).match(level, start - 2)):
        cuts.append((start, hit.end()))
    at = start
    here = known[bisect_right(known, (start,)) : bisect_left(known, (end,))]
    cuts = [(a, b) for a, b in cuts if not any(k < b and a < m and (k < a or b < m) for k, m in here)]
    for a, b in sorted(cuts):
        if a - at >= 2:
            yield at, a
        at = max(at, b)
    if end - at >= 2:
        yield at, end


def _kept(level: str, i: int) -> bool:
    return level[i : i + 2] in _KEPT or level[i - 1 : i + 1] in _KEPT or level[i : i + 3] in _KEPT


def _end(level: str, start: int, stop: int, named: Sequence[Span], lexicon: Lexicon) -> int:
    """Return where the name ends a piece holds: at the last ending that follows closely on the one before."""
    last = start
    for at, end in _ends(level, start, stop, named):
        if last > start and (end - last > 4 or _FAULT.search(level, last, at)):
            break
        if end - at > 1 or not level[start:end].endswith(_no_goods(lexicon)):
            last = end
    return last if last - start <= 14 else start


def _with_prefix(level: str, start: int) -> int:
    """Take in what stands before the characters and belongs to the name: LED, 24V, 16寸, O 型环."""
    if level[start] == "型" and (hit := re.search(r"(?<![a-z0-9])[a-z][ ]?$", level[max(0, start - 3) : start])):
        return start - len(hit[0])
    if level[start] in "寸吋升瓦孔位芯口" and (
        hit := re.search(r"(?<![\d.])\d{1,4}(?:\.\d)?$", level[max(0, start - 6) : start])
    ):
        return start - len(hit[0])
    hit = _PREFIX.search(level, max(0, start - 14), start)
    if hit is None or (hit[0].endswith(" ") and not _LATIN_KNOWN.fullmatch(hit[0].strip())):
        return start
    return _with_prefix(level, hit.start()) if hit.start() and hit[0] else hit.start()
