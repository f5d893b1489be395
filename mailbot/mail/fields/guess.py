"""A guess at a product nobody listed: what was bought, what is called yours, what the subject opens with.

Only asked when no known noun stands in the mail; the confidence says that it is a guess.
"""

from __future__ import annotations

import re

from mailbot.mail.fields.page import Page

_MEASURE = "台个只套件把条款批部张双盏支箱瓶盒袋辆副块卷根口顶对组包罐桶床双枚"
_ENDS = (
    r"(?=[的了有出存质不坏漏断裂掉在是,。;:!?()\s\d]|使用|发现|用了|用着|刚|才|就|还|没|又|也|都|里|上"
    r"|后|里面|表面|型号|订单|批号|$)"
)
_NAME = r"(?P<name>[a-z]{0,5}[\u4e00-\u9fff]{2,8}?)"
_ZH = (
    re.compile(
        rf"(?:买|购买|购入|订购|采购|入手|收到|购|拿)(?:了|的|过|到)?(?:贵司|贵公司|你们家|你们|你家"
        rf"|贵厂)?(?:的|之|生产的|供应的"
        rf"|家的)?(?:[一两二三四五六几\d]+[ ]?)?[{_MEASURE}](?:的)?[ ]?{_NAME}{_ENDS}"
    ),
    re.compile(
        rf"(?:贵司|贵公司|你们家|你家|贵厂|你们|你司|贵方)(?:的|之|家的|生产的|供应的|提供的|送来的|送的"
        rf"|所供|生产之|供应之|卖的)[ ]?{_NAME}{_ENDS}"
    ),
    re.compile(rf"(?:买|购买|用)的(?:你们的?|贵司的?)?[ ]?(?:[一两三]?[{_MEASURE}])?{_NAME}{_ENDS}"),
    re.compile(rf"(?:购买|订购|购入|买了|采购)(?:贵司|贵公司|你们)?(?:的|之)?{_NAME}(?=[(,。;\s])"),
    re.compile(rf"(?:来料|产品|供应的|生产的|的|之)[\"「『]{_NAME}(?=[\"」』])"),
    re.compile(rf"(?:这|那|此|该)(?:[{_MEASURE}])[ ]?{_NAME}{_ENDS}"),
)
_NO_PRODUCT = re.compile(
    r"客服|售后|服务|快递|物流|态度|价格|质量|货|产品|商品|东西|货物|订单|问题|投诉|公司|电话|热线|师傅|人员"
    r"|工程|处理|员工|经理|发票|货款|仓库|平台|网站|官网|店铺|门店|供应商|品牌|牌子|礼拜|星期|小时"
    r"|上门|回复|答复|解释|说法|邮件|通知|对账|发货|信息|客户|顾客|工作|技术|老师|领导|一直|什么|怎么"
    r"|为什么|到底|朋友|以前|刚才|现在|料件|批料|材料|样品|不良|来料"
)
_TOPIC = re.compile(
    r"^(?:关于|投诉|反馈|客诉|紧急|催货|(?:re|fw|fwd|回复|转发)[ ]?:|[【\[(][^】\])]{1,10}[】\])]"
    r"|[:\- ])*(?P<name>[\u4e00-\u9fff]{2,7}?)(?=的?(?:质量|问题|投诉|反馈|不良|异常|故障|坏|漏|断|裂"
    r"|掉|不|无法|没|有|外观|压力|性能|少|缺|破|变|异|掉色|生锈|使用|退|换|索赔)|[,。:!?\s]|$)"
)
_EN_BOUGHT = re.compile(
    r"\b(?:bought|ordered|purchased|received|own)\s+(?:an?|the|your|this|two|three|one of your|some"
    r"|\d+)\s+(?:new\s+)?(?P<name>[a-z][a-z\-]+(?: [a-z][a-z\-]+){0,2}?)(?=\s+(?:from|at|on|in|for|and"
    r"|but|which|that|last|with|online|yesterday|about|two|a|was|is|i|you|model)\b|\s*[(,.;]|$)"
)
_EN_THING = re.compile(
    r"\b(?:the|my|your|our|this)\s+(?P<name>[a-z][a-z\-]+(?: [a-z][a-z\-]+){0,2}?)\s+(?:i"
    r"|we)\s+(?:bought|ordered|purchased|received|got)\b"
)
_EN_NO_PRODUCT = re.compile(
    r"\b(?:order|parcel|package|refund|invoice|product|item|goods|thing|things|it|them|one|delivery"
    r"|company|website|shop|store|service|email|reply|same|batch|lot|parts|pieces|units|shipment"
    r"|letter|call|answer|problem)\b"
)


def guess_product(page: Page) -> tuple[int, int] | None:
    """Return the span of what is probably the product."""
    level = page.spoken.level
    for pattern in _ZH:
        for hit in pattern.finditer(level, page.text_start):
            if not _NO_PRODUCT.search(hit["name"]):
                return hit.span("name")
    for pattern in (_EN_THING, _EN_BOUGHT):
        for hit in pattern.finditer(level):
            if not _EN_NO_PRODUCT.search(hit["name"]):
                return hit.span("name")
    topic = _TOPIC.match(level[: max(page.text_start - 1, 0)])
    return topic.span("name") if topic and not _NO_PRODUCT.search(topic["name"]) else None
