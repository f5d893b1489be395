"""The small grammar of denial, supposition and citation in Chinese and English, over folded text.

Each question takes what is written before a word (`left`, within its sentence) and after it (`right`). Denials are
narrow: only known small words may stand between the 没有 and the word, because a denial seen wrongly would hide a
danger.
"""

from __future__ import annotations

import re


def _any(words: str) -> str:
    """Return the alternation of words, tried only where the first letter of one stands; that is much faster."""
    firsts = re.findall(r"(?:^|\|)(?:\(\?[<!=]+[^)]*\)|\(\?:)*(\w)", words)
    return f"(?=[{''.join(sorted(set(firsts)))}])(?:{words})"


_ZH_DENIAL = (
    r"(?<!有)没有?(?!想到|料到|多久|几|过多|一会|来得及|等|用|有人|人管)|没有?人|无人|未曾|尚未"
    r"|并未|未|无|(?<!是)不是|并非|不存在|不曾"
    r"|从不|从未|冇|唔(?:系|会|想|要|使|好|需要|接受)|未有|毋|(?<![特分级区差])别(?!人|家|的)|(?<!会)不会|(?<!要)不要|(?<!用)不用|不需要|不需(?=$)|不必|无需"
    r"|无须|毋须|不须|(?<!想)不想|不图|不求"
    r"|不接受|不希望|不打算|不急|不急着|排除|不涉及|不属于|不谈|(?<![是要会能用])不(?=$)|唔(?=$)"
)
_ZH_SMALL = (
    r"任何|人俾|俾|搞到|发生|出现|造成|引起|导致|发现|存在|有|人员|人|什么|一点|再|过|被|是|因|明显|受到|受|产生"
    r"|检出|听到|闻到|急着|要|想|需要|用|必|给|做"
    r"|我们|我|你们|贵司|真的|说|涉及|属于|关于|对|的|严重|其他|其它|丝毫|半点|把|这个|这种|这样|到|送"
    r"|着|了|会|为了|来|索取|去|向|跟|进行|申请|安排|提供"
)
_ZH_DENIED = re.compile(_any(_ZH_DENIAL) + r"(?:" + _ZH_SMALL + r"|\s)*$")

_EN_DENIAL = (
    r"(?:\b(?:no|not|never|without|nobody|no one|none|neither|nor|nothing|cannot|instead of"
    r"|rather than)|n't)\b(?! (?:only|just|merely|even))"
)
_EN_SMALL = (
    r"any|an?|the|signs?|of|been|was|were|be|is|are|got|gets?|getting|caused?|there|actual|ever|yet"
    r"|have|has|had|seriously|badly|one|body|person"
    r"|else|visible|further|risk|danger|cases?|reports?|reported|evidence|experienced?|needs?|needed"
    r"|wants?|wanted|for|to|ask|asking|my|me|us"
    r"|your|in|this|that|issues?|really|looking|single|physically|necessary|require[ds]?"
    r"|expect(?:ing)?|full|new|demand(?:ing)?|claim(?:ing)?"
)
_EN_DENIED = re.compile(_EN_DENIAL + r"(?:[\s\-]+(?:" + _EN_SMALL + r")\b)*\s*$")

_CLEARED = re.compile(
    r"^(?:的|方面|现象|问题|情况|隐患|风险|测试|检查|操作|使用|都|均|也|全部|则|完全|倒是|倒|并|本身|电路|\s){0,4}"
    r"(?:(?:没有|没|无|不存在)(?=[,。;!?\s]|$)|没问题|没毛病|没有问题|没有毛病|没有异常|无异常|无问题"
    r"|正常(?!吗|现象)|合格|完好|良好|ok\b)"
)
_EN_CLEARED = re.compile(
    r"^(?:\s+itself)?(?:\s+(?:is|are|was|were|looks?|tests?|works?|test(?:ed)?)|'s|'re)\s+(?:all "
    r"|still |perfectly |totally |absolutely )?"
    r"(?:ok|okay|fine|normal|good|lovely|great|perfect|perfectly well|not the (?:problem|issue))\b"
)
_QUESTION = re.compile(r"(?:这|那|难道)(?:还|都)?不是[^,。;!?\n]*$")

_NEAR_MISS = re.compile(
    r"差点|差一点|险些|再晚|晚一步|多亏|如果不是|要不是|若不是|幸好|幸亏|还好|好在|could(?: have|'ve)|might have"
    r"|would have|nearly|almost"
)
_SUPPOSING = (
    r"如果|[如若](?:发现|有|遇|因|出现|发生)|模拟|演练|承保|要是|假如|假设|若是|倘若|万一|一旦|会不会|是不是|是否|有没有|以免|免得|避免|防止|预防"
    r"|杜绝|担心|害怕|生怕|唯恐|恐怕|(?<![可不])怕|请勿|切勿|(?<!不)小心|当心|谨防|能否|可否"
    r"|否则|不然(?!怎么)|即将|快要|将要|(?<!会)(?<!可)能不能|会否|有无"
)
_EN_SUPPOSING = (
    r"if\b|in case\b|unless\b|whether\b|might\b|may\b(?! \d)|could\b(?! (?:see|smell|feel|hear))|afraid of\b"
    r"|afraid (?:that )?it (?:will|might|may|could)|worr(?:y|ied)\b|fear(?:ed)? (?:of|that|it)\b"
    r"|prevent(?:ing)?\b|avoid(?:ing)?\b|otherwise\b|or else\b|what if\b|(?:going|likely|liable) to\b"
    r"|before (?:another|someone|somebody|anyone|anybody|any ?more|more)\b|try to\b"
)

_SUPPOSED = re.compile(rf"(?:{_any(_SUPPOSING)}|\b{_any(_EN_SUPPOSING)})[^,。;!?\n]*$")
_CONDITION = re.compile(
    rf"(?:{_any('如果|要是|假如|若是|倘若|万一|一旦|(?<!不)若|再不')}|\b(?:if|unless)\b)"
    r"[^。;!?\n]*[,、]([^,。;!?\n]*)$"
)
_CONSEQUENCE = re.compile(r"会|可能|就|怎么|岂不|那|只能|将|\b(?:could|might|may|will|would|shall|'ll)\b")
_ASKED = re.compile(r"(?:会|能|可能)[^,。;!?\n]{0,4}$")
_ASKING = re.compile(r"^[^,。;!?\n]{0,8}[吗么]")

_WARNING = (
    r"(?:说明书|手册|注意事项|警告|警示|提示|新闻|报道|广告|宣传页?|网页|网上"
    r"|\b(?:manual|leaflet|instructions?|warning|booklet|user guide|news|article|website)\b)"
)
_WARNS = (
    r"(?:写|说|印|标|注明|提到|提示|警告|显示|称|讲|有"
    r"|\b(?:says?|said|states?|stating|reads?|warns?|warned|mentions?|about|lists?|of)\b(?! nothing))"
)
_PRINTED = r"(?:标签|铭牌|包装|外箱|纸箱|盒子|保修卡|\b(?:label|sticker|carton|packaging|box)\b)"
_PRINTS = r"(?:写|印|标|注明|警告|提示|\b(?:says?|said|states?|reads?|warns?|warning|mentions?|printed|marked)\b)"
_OTHERS = (
    r"(?:(?:别的?|其他|其它|另一[个家]|隔壁|同行|人家)的?(?:牌子?|品牌|厂家?)|别家|竞品|友商|召回过?了?"
    r"|(?:之前|以前|上一|前一)(?:用|合作|买|订)?的?(?:那家|那个牌子|供应商|厂家|厂商)"
    r"|\b(?:other|another|different|rival|previous|former) (?:brand|make|maker|manufacturer|supplier|vendor)s?\b"
    r"|\bcompetitors?'?s?\b"
    r"|\brecall(?:s|ed)?\b)"
)
_CITED = re.compile(
    rf"(?:(?:{_WARNING}[^。!?\n]{{0,12}}{_WARNS}|{_PRINTED}[^,。!?\n]{{0,8}}{_PRINTS})"
    r'(?:[^,。!?\n]{0,40}|[^"「『。!?\n]{0,8}["「『][^"」』]{0,80})$'
    rf"|{_OTHERS}[^,。!?\n]{{0,40}}$)"
)
_JOINT = re.compile(r"^\s*(?:|、|和|或|或者|及|以及|与|/|or|nor|and)\s*(?:any |a )?$")
_COMMA = re.compile(r"^\s*,\s*(?:any |a )?$")
_MORE = re.compile(r"^\s*(?:,\s*[a-z]+(?: [a-z]+)?){0,3},?\s*\b(?:or|nor)\b")
_LIST = re.compile(
    r"\b(?:no|without|not any|neither)(?: [a-z]+){1,2}(?:\s*(?:,|or|nor)(?: [a-z]+){1,2})*\s*(,|\bor"
    r"|\bnor)(?: any)?\s*$"
)


def denied(left: str, right: str) -> bool:
    """Whether the word is said not to be so: 没有起火, no fire, 外观正常."""
    if _CLEARED.match(right) or _EN_CLEARED.match(right):
        return True
    if (listed := _LIST.search(left)) and (listed[1] != "," or _MORE.match(right)):
        return True
    return bool(_ZH_DENIED.search(left) or _EN_DENIED.search(left)) and not _QUESTION.search(left)


def supposed(left: str, right: str) -> bool:
    """Whether the word is only feared, asked or conditional. A near miss (差点起火) is real."""
    if _NEAR_MISS.search(left):
        return False
    if _SUPPOSED.search(left) or (_ASKED.search(left) and _ASKING.match(right)):
        return True
    condition = _CONDITION.search(left)
    return bool(condition and _CONSEQUENCE.search(condition[1]))


def cited(left: str) -> bool:
    """Whether somebody else's text or another maker's goods are spoken of."""
    return bool(_CITED.search(left))


def enumerated(gap: str, right: str) -> bool:
    """Whether `gap` joins two words of one enumeration; a comma does so only when an "or" follows."""
    return bool(_JOINT.match(gap) or (_COMMA.match(gap) and _MORE.match(right)))
