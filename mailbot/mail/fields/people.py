"""The complainant: name, company, department, position.

A name is taken from a label, the signature, or beside the phone number; never from the From header alone, which only
helps to recognise it in the signature.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from mailbot.core.model import Finding
from mailbot.mail.fields.labels import Labelled
from mailbot.mail.fields.page import Lexicon, Page
from mailbot.mail.fields.phone import PHONE
from mailbot.mail.fold import fold

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂"
    "佟臧闵苟邬边卞姬栾隋刁沙荣巫寇桑郎甄丛仲虞敖巩佘池查迟邝官谈鞠惠荆冀郁胥班栗燕楚鄢劳谌奚粟冼蔺楼盘闻郜阚练廉卿蔚展阴昝"
)
_COMPOUND = "欧阳|上官|司马|诸葛|司徒|东方|皇甫|尉迟|公孙|令狐|慕容|夏侯|端木"
_BREAK = re.compile(r"[ \t]*(?:[/|·,;]|\t| {1,}|[:](?= ?\S))[ \t]*")
_SAYING_GOODBYE = re.compile(
    r"^(?:此致|敬礼|顺颂|商祺|祝好|谢谢|多谢|thanks?|thank you|(?:kind |best |warm |many )?regards"
    r"|best|cheers|sincerely|yours|mit freundlichen|发自|来自|从我的|传送自|sent from|get outlook|__"
    r"|--|本邮件|this (?:e-?mail|message)|sitz der)",
    re.I,
)
_EN_NAME = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Miss|Dr)\.? )?[A-ZÀ-Þ][\w'’\-]*\.?(?: (?:[A-ZÀ-Þ]\.|de|van|von|der|den|da|di|del"
    r"|la|and|&|[A-ZÀ-Þ][\w'’\-]+)){0,4}"
)
_EN_BEFORE = re.compile(
    r"(?:^|\n|[-–—.,:] ?)(?P<name>[A-ZÀ-Þ][\w'’]+(?: [A-ZÀ-Þ][\w'’.\-]+){1,2})[,: ]{0,2}"
    r"(?:[Tt]el|[Pp]hone|[Mm]ob(?:ile)?)?[.: ]{0,3}$"
)
_IM = re.compile(r"(?:我叫|我是|本人|我姓名)[ ]?(?P<name>[\u4e00-\u9fff]{2,4})(?=[,。;!?\s(]|$)")
_EN_IM = re.compile(
    r"(?:[Mm]y name is|[Tt]his is|I am"
    r"|I'm) (?P<name>[A-Z][a-z'’\-]+(?: [A-Z][\w'’\-.]+){1,3})(?: (?:from|of"
    r"|at) (?P<company>[A-Z][\w'’&.\-]*(?: (?:&|and|of|[A-Z][\w'’&.\-]*))*))?"
)
_WE_ARE = re.compile(
    r"(?:我是|我们是|这里是|本公司是)(?P<company>[\u4e00-\u9fff()]{2,20}?(?:有限公司|公司|厂|酒店|商行|超市))"
)


@lru_cache(maxsize=8)
def _names(lexicon: Lexicon) -> re.Pattern[str]:
    titles = "|".join(fold(t) for t in lexicon.vocabulary.people.titles)
    return re.compile(
        rf"[老小阿][{_SURNAMES}](?![\u4e00-\u9fff])|(?:{_COMPOUND}|[{_SURNAMES}])(?:[\u4e00-\u9fff]{{1,2}}(?:{titles})?|(?:{titles}))"
    )


def find_people(page: Page, labels: Sequence[Labelled]) -> Iterator[tuple[str, Finding]]:
    """Find who complains; what is labelled wins over the signature, the signature over the text."""
    seen: set[str] = set()
    for key, finding in (*_labelled(page, labels), *_signed(page), *_beside_the_phone(page), *_introduced(page)):
        if key not in seen and finding.value:
            seen.add(key)
            yield key, finding


def _labelled(page: Page, labels: Sequence[Labelled]) -> Iterator[tuple[str, Finding]]:
    for value in labels:
        written = page.spoken.text[value.start : value.end]
        if (
            value.field in ("contact_name", "company", "contact_department", "contact_position")
            and value.form
            and len(written) <= 60
        ):
            written = re.split(r"[,，/;；]|\s{2,}|\d", written)[0].strip() if value.field == "contact_name" else written
            yield value.field, page.found(written, value.start)
    titled = re.compile(
        rf"(?:收货人|联系人|联络人|投诉人|收件人|找)[ :]*(?P<name>{_names(page.lexicon).pattern})(?=[,。;!?\s(\d]|$)"
    )
    if hit := titled.search(page.spoken.level):
        yield "contact_name", page.found(page.spoken.text[slice(*hit.span("name"))], hit.start())


def _signed(page: Page) -> Iterator[tuple[str, Finding]]:
    text, names = page.signature.text, _names(page.lexicon)
    doubtful: list[str] = []
    signed = bool(PHONE.search(text))
    for line in text.splitlines():
        if not line.strip() or _SAYING_GOODBYE.match(fold(line).strip()) or len(line) > 80:
            continue
        labelled = re.match(r"^\s*(?:投诉人|投訴人|联系人|聯絡人|姓名|Name)\s*[:：]\s*(\S.*)$", line)
        line = labelled[1] if labelled else line
        for token in _tokens(line):
            key = _kind(page, token, names)
            if key:
                signed = True
                yield key, Finding(value=token, source=line.strip())
            elif key is None:
                doubtful.append(token)
    for token in doubtful if signed else ():
        if re.fullmatch(r"[\u4e00-\u9fff()（）]{4,14}", token):
            yield "company", Finding(value=token, source=token, confidence=0.5)


def _tokens(line: str) -> Iterator[str]:
    """Cut a signature line: at bars and commas always, at blanks only beside Chinese."""
    for part in re.split(r"\s*[|/·，、\t]\s*|, (?!Inc|Ltd|LLC|Co|GmbH)", PHONE.sub(" | ", line)):
        if re.search(r"[\u4e00-\u9fff]", part):
            yield from _mixed(part)
        elif part.strip(" :-*"):
            yield part.strip(" :-*")


def _mixed(part: str) -> Iterator[str]:
    """Yield Chinese words one by one, runs of Latin words together."""
    run: list[str] = []
    for word in part.split():
        if re.search(r"[\u4e00-\u9fff]", word):
            if run:
                yield " ".join(run)
                run = []
            yield word
        else:
            run.append(word)
    if run:
        yield " ".join(run)


def _kind(page: Page, token: str, names: re.Pattern[str]) -> str | None:
    """Return the field a token of a signature is; "" when it is none, None when it might be a company."""
    words, level = page.lexicon.vocabulary.people, fold(token).strip(" :.")
    if (
        not level
        or "@" in level
        or "www." in level
        or "http" in level
        or any(c.isdigit() for c in level)
        or level in page.lexicon.label_of
    ):
        return ""
    chinese = bool(re.search(r"[\u4e00-\u9fff]", level))
    if (chinese and len(level) >= 4 and level.endswith(words.company_endings)) or {
        level.split()[-1].rstrip(","),
        fold(token).split()[-1],
    } & set(words.company_words):
        return "company"
    if level in words.departments or (
        chinese and 3 <= len(level) <= 9 and level.endswith(("部", "处", "课", "科", "中心"))
    ):
        return "contact_department"
    if level in words.positions or level.endswith(words.positions) or any(w in words.positions for w in level.split()):
        return "contact_position"
    if names.fullmatch(level) or (
        chinese and level == fold(page.customer.name) and level[0] in _SURNAMES and len(level) <= 4
    ):
        return "contact_name"
    if not chinese and _EN_NAME.fullmatch(token) and (len(token.split()) > 1 or level in fold(page.customer.name)):
        return "contact_name"
    return None if chinese else ""


def _beside_the_phone(page: Page) -> Iterator[tuple[str, Finding]]:
    names = _names(page.lexicon).pattern
    after = re.compile(rf"^[\s,。:(]{{0,3}}(?:找|联系|请找)?(?P<name>{names})(?=[,。;!?\s)]|$)")
    before = re.compile(rf"(?:^|[\s,。:(])(?P<name>{names})[\s,:(]{{0,3}}(?:电话|手机|tel|联系电话)?[\s:]{{0,2}}$")
    english = re.compile(rf"^[\s,.:(\-]{{1,3}}(?:ask for )?(?P<name>{_EN_NAME.pattern})\.?\s*$", re.M)
    for hit in PHONE.finditer(page.spoken.text):
        right, left = (
            page.spoken.level[hit.end() : hit.end() + 40],
            page.spoken.level[max(0, hit.start() - 16) : hit.start()],
        )
        if found := after.match(right):
            yield (
                "contact_name",
                page.found(
                    page.spoken.text[hit.end() + found.start("name") : hit.end() + found.end("name")], hit.start()
                ),
            )
        elif found := before.search(left):
            shift = max(0, hit.start() - 16)
            yield (
                "contact_name",
                page.found(page.spoken.text[shift + found.start("name") : shift + found.end("name")], hit.start()),
            )
        elif found := _EN_BEFORE.search(page.spoken.text[max(0, hit.start() - 50) : hit.start()]):
            yield "contact_name", page.found(found["name"], hit.start(), 0.9)
        elif (found := english.match(page.spoken.text[hit.end() : hit.end() + 60])) and " " in found["name"]:
            yield "contact_name", page.found(found["name"], hit.start())


def _introduced(page: Page) -> Iterator[tuple[str, Finding]]:
    level, text = page.spoken.level, page.spoken.text
    names = _names(page.lexicon)
    if (hit := _IM.search(level)) and names.fullmatch(hit["name"]):
        yield "contact_name", page.found(text[slice(*hit.span("name"))], hit.start(), 0.8)
    if hit := _EN_IM.search(text):
        yield "contact_name", page.found(hit["name"], hit.start(), 0.8)
        if hit["company"]:
            yield "company", page.found(hit["company"], hit.start(), 0.7)
    if hit := _WE_ARE.search(level):
        yield "company", page.found(text[slice(*hit.span("company"))], hit.start(), 0.8)
