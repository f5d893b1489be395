"""Which date is which: bought, shipped, happened. Decided by the verb each date belongs to.

In Chinese the verb follows its date (6月18日在…买的), in English it stands before (bought … on June 14). A date of
receipt, of a deadline or of a letter is none of the three.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailbot.core.model import Finding
from mailbot.mail.fields.calendar_words import Dated, dates_in
from mailbot.mail.fields.labelled import Labelled
from mailbot.mail.fields.page import Page

_FIELDS = ("purchased_on", "shipped_on", "occurred_on")
_VERBS = re.compile(
    r"(?P<other>到(?=[,。;!?]|$)|收到|收货|到货|到的货|到仓|到厂|签收|入库(?!打压|检|抽|验"
    r"|前|后|时)|交期|交货|合同|约定|延到|延期|改到|预计|计划"
    r"|签订|签的|签署|签约|修:|维修|修过|写过信|写信|发邮件|开票|通知|答复|回复|提供|反映过|投诉过|预约(?!的)|寄回|换货|换主板"
    r"|换电池|到期|付款|拿到|交房"
    r"|\b(?:received|arrived|arrives?|delivered|delivery|due|wrote|e-?mailed|called|rang|contacted"
    r"|confirmation|promised|invoiced?|paid|expires?|visit|reply|by|until|charged)\b)"
    r"|(?P<shipped_on>出货|发货|送来|发来|寄来|运来|交付|交来|送货(?!的|员|师|单|司)|送的|送到|寄出|出厂|发出"
    r"|供货|\b(?:shipped|dispatched"
    r"|sent out|despatched|ex works|sailed|(?:shipment|goods|container|truck|order|lot|batch) left)\b)"
    r"|(?P<purchased_on>买|购|订的|下的?定|付的?(?:全款|定金|订金|钱)|付了(?:全款|定金|订金)|下单|下的单|入手|拍下|\b(?:bought|purchased|ordered|purchase|buying|buy)\b)"
    r"|(?P<occurred_on>\bsince\b|发现|出现|发生|使用|用(?!户|品|途|电)|上线|开始|坏|漏|触电|被电|冒烟"
    r"|突然|忽然|起火|着火|爆|割|断|响|停|检验|抽检|检测|测试|反馈|不良|裂|烧|伤|闪|失灵|故障|打电话|报修|开机"
    r"|装机|安装|生产时|来料|死机|充电|跳闸|卡|掉|摔|吞"
    r"|\b(?:fitter|installer|technician|engineer|driver|plumber|electrician|repairman|mechanic|guy|man|woman|lady|rep)s?\b"
    r"[^,.;]{0,24}\b(?:came|turned up|showed up|visited)\b"
    r"|\b(?:found|find|failed|stopped|exploded|broke|caught|during|noticed|started|began|happened"
    r"|occurred|incoming|burn\w*|smok\w*|leak\w*|shock\w*|swallow\w*|pulled|hurt|cut|died|blew|melted"
    r"|detected|discovered|inspection|test|using|used|plugged|switched|turned|went|cuts|trips|makes"
    r"|flickers|leaks|keeps|fell|cracked|snapped|injured|down|hung|tripped|sparks?|sparked"
    r"|sheared|collapsed|dropped|bent|gave|split|tore|popped|came off|came apart|let go)\b)"
)
_DEADLINE = re.compile(
    r"^[ ]?(?:凌晨|早上|上午|中午|下午|晚上)?[ ]?(?:\d{1,2}(?:点|时|:\d\d)(?:半|整)?)?[ ]?(?:之前|以前"
    r"|前(?![面轮端台后天盖])|为止|截止|内|下班)"
)
_COMING = re.compile(
    r"(?:说好|答应|承诺|保证|by|before|until|till|not later than|no later than|请于|务必|下|须于|应于|要在|希望|最好"
    r"|原订|原定|预计|交期是|延到|改到|到|排了|排在|排到|安排在|定在|计划|打算)[ ]?$"
)
_PLANNED = re.compile(
    r"^[ ]?(?:了(?=[,。!]|还)|就要|就得|就|要|将|必须|能否|能不能|给[个一我]|之内|内|回复|答复|装船|开船|验货|上柜)"
)
_REQUESTED = re.compile(r"\b(?:please|kindly|must|give|tell|send)\b|请|麻烦|拜托|务必|给个|给我个")
_NAMES_AN_ORDER = re.compile(r"^[ ]?的?[那这该](?:一|张|个|笔)?(?:订|采购)?单")
_NOW = re.compile(r"^(?:都|已经?|就)?(?:是|到)?\d{1,2}[月号日]|^[号日]?了(?:还|也|仍|,|。|都)")  # 今天都5月11了
_PAST = re.compile(r"上|昨|前|去|last|ago|\d")
_BARE = re.compile(r"[\u4e00-\u9fffa-z0-9](?<![自从于在到了,]) ?$")
_SEGMENT = re.compile(r"[,。;!?\n]|\.(?=\s|$)|\b(?:and|but|then|because)\b")
_REACH = 160  # characters on either side in which the verb of a date is looked for
_EVENT = "occurred_on"


def find_dates(page: Page, labels: Sequence[Labelled]) -> Iterator[tuple[str, Finding]]:
    """Find the three dates; a labelled one wins, else the first that fits."""
    if page.today is None:
        return
    level, seen = page.spoken.level, set[str]()
    dated = [d for d in dates_in(level, page.today, west=page.west) if page.free(d.start, d.end)]
    for value in labels:
        inside = [d for d in dated if value.start <= d.start < value.end]
        if value.field in _FIELDS and inside and value.field not in seen:
            seen.add(value.field)
            yield value.field, page.found(inside[0].day, value.start)
    for day in dated:
        key = _meaning(level, day, page)
        if key and key not in seen and day.day <= page.today:
            seen.add(key)
            yield key, page.found(day.day, day.start, 0.9)


def _meaning(level: str, day: Dated, page: Page) -> str:
    start, end = page.spoken.bounds(day.start)
    before, after = level[max(start, day.start - _REACH) : day.start], level[day.end : min(end, day.end + _REACH)]
    if _NAMES_AN_ORDER.match(after) or _NOW.match(after):
        return ""
    if _DEADLINE.match(after) or _COMING.search(before):
        return ""
    if _PLANNED.match(after) and not _PAST.search(level[day.start : day.end]):
        return ""
    cuts = [m.end() for m in _SEGMENT.finditer(before)]
    left = before[cuts[-1] if cuts else 0 :]
    pieces = _SEGMENT.split(after)
    chinese = any("\u4e00" <= c <= "\u9fff" for c in left + pieces[0]) or "\u4e00" <= level[day.start] <= "\u9fff"
    preceding, following = _nearest(left, last=True), _nearest(pieces[0], last=False)
    verb = (following or preceding) if chinese and not left.rstrip().endswith(":") else (preceding or following)
    verb = verb or _nearest(" ".join(pieces[1:4]), last=False)
    if not verb and _REQUESTED.search(before):
        return ""
    if not verb and not _BARE.search(left) and "other" not in (preceding, following):
        return _EVENT if pieces[0].strip() or len(pieces) > 1 else ""  # a day and what was then: it happened
    return "" if verb == "other" else verb


def _nearest(text: str, *, last: bool) -> str:
    hits = list(_VERBS.finditer(text))
    return (hits[-1] if last else hits[0]).lastgroup or "" if hits else ""
