"""Where it was bought: a shop, a dealer, a site."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailbot.core.model import Finding
from mailbot.mail.fields.labelled import Labelled
from mailbot.mail.fields.page import Page

_SHOP = (
    r"(?:旗舰店|专卖店|专营店|自营店|直播间|专柜|卖场|商城|商场|超市|门市部?|门店|五金店|电器店|家具城|建材城|建材市场"
    r"|批发市场|电器行|五金行|购物网|购物中心|量贩店|小程序|易购|优选|天猫|淘宝|京东|拼多多|官网|[\u4e00-\u9fff]店|[\u4e00-\u9fff]城)"
)
_BUYING = r"(?:购买|购得|购入|购置|选购|订购|网购|下单|下的单|下的订单|入手|采购|买|拍(?![照摄]))"
_ZH = re.compile(
    r"(?<!现)(?:在|从|于|到|去|喺|通过|经由)(?P<place>(?:(?!在|从|于)[^,。;!?\s():]){2,18}?)(?:(?:给|帮"
    rf"|替)[^,。;!?\s]{{1,4}})?(?:上|里)?(?:{_BUYING}(?!家|卖)|(?<=[店城台网市柜商购猫东间])(?:付的?(?:全?款|定金|钱)|订的|带的|拿的货?|进的货?))"
)
_AT_A_SHOP = re.compile(
    rf"(?:(?:是|,|。|\n|^)(?:[上这那]?个?[月周年])?)(?P<place>(?:(?!是)[\u4e00-\u9fffa-z0-9]){{2,12}}?{_SHOP})(?:上|里|那边)?{_BUYING}(?:的|了|来)"
    rf"|(?:在|从|于|跟|向|找)(?P<other>[\u4e00-\u9fffa-z0-9]{{2,12}}?{_SHOP})(?:里|那)?(?:付|订的|给[^,。;!?\s]{{1,3}}|带回?|拿)"
)
_DEALER = re.compile(
    r"(?:跟|从|向|找|通过)(?:你们|贵司|贵公司|本地|当地|我们)?(?:的)?(?:代理商|经销商|代理|经销|分销商|代销点)(?P<place>[\u4e00-\u9fff]{2,10}?)"
    r"(?:那里|那边|处)?(?:拿的?|进的?|买|购|订|采购|提)"
)
_OURS = re.compile(r"^(?:你们家?|您们|妳们|咱们)的?(?!官|网|自|线|店|门店|旗舰|专)(?=.*" + _SHOP + r")")
_APPOSED = re.compile(r"^[\u4e00-\u9fff]{1,6}(?:门口|楼下|附近|对面|旁边|那边)的")
_NOT_A_PLACE = re.compile(
    r"^(?:去年|今年|第一时间|同时|随后|事后|当天|当场|家里|上个?月|前年|\d|上周|这|那里|你们?那|使用|我|当时|同一|网络|何处|哪|(?:贵(?:司|公司|厂|方|店|处)|你(?:们|司|厂|家)|您(?:处|司|这)|华信|厂家|咱们?|公司|办公室|店里|市场|网上?|自己|朋友|(?:你|您|妳)们?(?:公司|工厂|那里|这里|那边|厂里|家))$)|年|月\d"
)
_BOUGHT_AT = re.compile(r"(?:购|买)(?:于|自)[ ]?(?P<place>(?!20\d\d|去年|今年|上)[^,。;!?\n]{2,24})(?=[,。;!?\n]|$)")
_SITES = (
    r"amazon|ebay|walmart|aliexpress|alibaba|temu|shein|etsy|shopee|lazada|costco|target|ikea|argos|currys|wayfair"
    r"|tmall|taobao"
)
_ON_A_SITE = re.compile(
    rf"\b(?:bought|purchased|ordered|got|buy|came)\b[^.!?\n]{{0,60}}?\b(?:on|off|via|through|from|at) "
    rf"(?P<place>(?:{_SITES})(?:\.(?:com|co\.uk|de|ca|com\.au))?|your (?:own )?(?:web ?)?(?:shop|store|site|page))\b"
)
_ZH_SITE = re.compile(
    r"(?P<place>(?:天猫|淘宝|京东|拼多多|抖音|快手|苏宁|国美|唯品会|小红书|亚马逊|阿里巴巴|1688|得物|有赞|虾皮|momo|pchome|露天|好市多|costco"
    r"|沃尔玛|山姆|家乐福|大润发|永辉|盒马|全联|特力屋|百佳|屈臣氏)(?:官方|自营|超市|商城)?(?:旗舰店|专营店|专卖店|自营店|直播间|店)?)"
    r"(?:上|里|那边)?(?:下的?单|买|购|拍|订|抢)"
)
_EN_VERB = re.compile(
    r"\b(?:(?:bought|purchased|ordered|got|buy|acquired)\b"
    r"(?! (?:no|an?|the|any|my) (?:answer|repl|respon|call|e?mail|letter|message|quote|invoice|refund))"
    r"[^.!?\n]{0,60}?\b(?:at|from|in|through|via)"
    r"|had (?:it|them|this|one|these) (?:from|at)"
    r"|\b(?:your|the|our) (?:local )?(?:dealer|distributor|reseller|retailer|agent|stockist)(?=,? [A-Z]))"
    r"[,]?\s+(?:(?:your|the|our|a) (?:local )?"
    r"(?:dealer|distributor|reseller|retailer|agent|stockist),?\s+)?",
    re.I,
)
_EN_PLACE = re.compile(
    r"(?P<place>your (?:own )?(?:official )?(?:web ?store|web ?site|online (?:shop|store)|shop|store)"
    r"|(?:the )?[A-Z][\w'’.&\-]*(?:\s+(?:&|and|of|the|[A-Z][\w'’&\-]*))*)"
)
_MONTH = re.compile(
    r"^(?:January|February|March|April|May|June|July|August|September|October|November|December|Monday"
    r"|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b"
)


def find_place(page: Page, labels: Sequence[Labelled]) -> Iterator[tuple[str, Finding]]:
    """Find the place of purchase as written."""
    text, level = page.spoken.text, page.spoken.level
    named = next((v for v in labels if v.field == "purchased_from" and v.form and v.end - v.start <= 40), None)
    if named:
        yield "purchased_from", page.found(text[named.start : named.end], named.start)
        return
    for hit in _ZH.finditer(level):
        if not _NOT_A_PLACE.search(hit["place"]):
            yield "purchased_from", page.found(_shop(text, level, hit.span("place")), hit.start(), 0.9)
            return
    for pattern in (_AT_A_SHOP, _DEALER):
        if shop := pattern.search(level):
            span = next(shop.span(name) for name in shop.groupdict() if shop[name])
            if not _NOT_A_PLACE.search(level[slice(*span)]):
                yield "purchased_from", page.found(_shop(text, level, span), shop.start(), 0.8)
                return
    for pattern in (_ZH_SITE, _ON_A_SITE):
        if site := pattern.search(level):
            yield "purchased_from", page.found(text[slice(*site.span("place"))], site.start(), 0.9)
            return
    if shop := _BOUGHT_AT.search(level):
        yield "purchased_from", page.found(text[slice(*shop.span("place"))].strip(), shop.start(), 0.9)
        return
    for verb in _EN_VERB.finditer(text):
        place = _EN_PLACE.match(text, verb.end())
        if place and not _MONTH.match(place["place"]):
            yield (
                "purchased_from",
                page.found(re.sub(r"\s+(?:and|of|the|&)$", "", place["place"]).rstrip("."), verb.start(), 0.9),
            )
            return


def _shop(text: str, level: str, span: tuple[int, int]) -> str:
    """The shop alone: not that it is ours (你们优物旗舰店), nor where it stands (小区门口的超市)."""
    start, end = span
    for pattern in (_OURS, _APPOSED):
        if hit := pattern.match(level[start:end]):
            start += hit.end()
    return text[start:end]
