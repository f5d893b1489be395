"""Noun phrases of English text that may name a thing: the words in front of a known noun, a bracket or a model.

Also those that stand in a Chinese sentence (今次個 roller blind（RB-120）).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from mailbot.mail.fields.numerals import NUMBER_WORDS
from mailbot.mail.fields.page import Lexicon

Span = tuple[int, int]
_LIMIT = 300  # phrases of one mail that are looked at
_MODIFIER = re.compile(r"(?<![a-z0-9\-/.#'])(?P<word>[a-z0-9][a-z0-9\-]*)[ ]$")
_SIZE = re.compile(
    r"\d+(?:\.\d+)?-?(?:v|w|a|mm|cm|l|ml|inch|in|m|kg|oz|ft|way|port|pin|qt|litre|liter|gallon|watt|volt)?"
)
_COUNTED_PARTS = re.compile(r"\d{1,2}-[a-z]{3,8}")  # 6-tread, 3-seater
_NUMBER = re.compile(r"\d+|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)-[a-z]+")
_BARE_SIZE = re.compile(r"mm|cm|m|l|ml|kg|oz|ft|qt|inch|in|litre|liter|gallon|watt|volt|w|v|a")
_LAST = re.compile(
    r"(?<![a-z0-9\-])(?P<noun>[a-z][a-z\-]{2,})(?=[ ]?\((?!order|po |invoice|photo|see|about"
    r"|approx|ref)(?:[a-z\-. ]{0,14}[:#]? ?)?[a-z0-9\-/]*\d"
    r"|,? (?:p/n|part|model|code|item|ref(?:erence)?|article|type|sku)\.?[ :#]{0,2}(?:no\.?"
    r"|number|code)?[ :#]{0,2}[a-z0-9\-/]*\d"
    r"|[ ][a-z]{1,6}-?\d[a-z0-9\-]*(?![a-z0-9%]))"
)
_DETERMINED = re.compile(
    r"\b(?:your|these|those|this|the|an?|my|our)\s+(?P<name>(?:[a-z0-9][a-z0-9\-]* ){0,3}?[a-z][a-z\-]{2,})"
    r"(?=\s+(?:which|that|is|are|was|were|has|have|had|from|we|i|you|supplied|delivered|shipped"
    r"|sent|arrived|received|bought|ordered|purchased|broke|on|in|with|for|stopped|keeps?"
    r"|came|made|does|do|don't"
    r"|doesn't|won't|will|cannot|can't|broke|failed|trips?|leaks?|slam|code|lot|batch|model"
    r"|seems?|smells?|at|and|but)\b"
    r"|\s*[,.;(!?]|\s*$)"
)
_BOUGHT = re.compile(
    r"\b(?:bought|buyed|ordered|purchased|received|got|own)\s+(?:(?:by you|in [a-z]+|from you|today|yesterday) )?"
    rf"(?:an?|the|your|this|{NUMBER_WORDS}|one of your|some|\d+)\s+(?:new\s+)?"
    r"(?P<name>(?:[a-z0-9\-]+ ){0,3}?[a-z][a-z\-]{2,})(?=\s+(?:from|at|on|in|for|and|but|which|that|last|with|online"
    r"|yesterday|about|two|a|was|is|i|you|model)\b|\s*[(,.;]|\s*$|\s+\d)"
)
_NO_PRODUCT = re.compile(
    r"\b(?:orders?|parcel|package|refund|invoice|products?|items?|goods|things?|it|them|one"
    r"|ones|delivery|company|website"
    r"|years?|hours?|minutes?|web|shop|store|service|e?mail|reply|same|batch|lot|parts?|pieces|units|shipments?"
    r"|letter|calls?|answer|problem|site"
    r"|team|people|line|office|price|customers?|quality|support|complaint|warranty|report"
    r"|response|consignment|container"
    r"|cartons?|boxes|box|crate|photos?|pictures?|attention|help|time|week|month|day|way|case|reason|cause|issue|fault"
    r"|defects?|test|result|limit|address|account|money|payment|number|manual|instructions|label|rest|others?|old|new"
    r"|management|engineers?|staff|manager|supplier|factory|plant|post|job|application|attachment|paper|side|position"
    r"|end|top|bottom|back|front|house|home|kitchen|school|moment|phone|work|use|business|situation|matter|note|morning"
    r"|supply|standard|specification|requirements?|agreement|contract|next|floor|wall|hand"
    r"|hands|water|oil|air|power|driver|shock|burns?|injury|injuries|message|serial|ticket"
    r"|reference|room|section|sir|madam|ladies|list|books?|records?|stock|warehouse|books"
    r"|limits?|amount|balance|credit|debit|notice|date|document|invoices|trouble|damage|fire"
    r"|smoke|smell|noise|child|son|daughter|wife|husband|dog|cat|kids?)$"
)


_TOPIC = re.compile(
    r"(?:(?:re|fwd?|complaint|claim|problems?|issues?|urgent|quality|defective|faulty|broken"
    r"|damaged|wrong|leaking|cracked"
    r"|noisy|poor|bad|missing|late|short|regarding|about|on|of|with|for|the|your|my|our|in|new)\b[ :\-]*)*"
    r"(?P<name>(?:[a-z\-]+ ){0,2}?[a-z\-]{3,})(?=[ ]*[:,\-–(!?\n]|[ ](?:is|are|not|with|from|in|on|falling|leaking|dead"
    r"|broken?|keeps?|fail(?:ed|s)|stopped|arrived|short|missing|cracked|problem|issue|complaint"
    r"|defects?|don't|does)\b)"
)
_HOLDER = re.compile(r"(?:carton|box|part|unit|label|book|service|floor|light)(?:s|es)?|items?")


def latin_phrases(level: str, lexicon: Lexicon) -> Iterator[tuple[Span, float]]:
    """Yield phrases that may name a thing, with the points their form speaks for them."""
    stop = lexicon.vocabulary.goods.never_in_names
    for hit in islice(lexicon.latin_goods.finditer(level), _LIMIT):
        yield (_widened(level, *hit.span(), stop, 2), hit.end()), 1.0
    if (topic := _TOPIC.match(level)) and _repeated(level, topic["name"], stop):
        yield topic.span("name"), 0.5
    for pattern, points in ((_LAST, 3.0), (_BOUGHT, 2.0), (_DETERMINED, 0.5)):
        for hit in islice(pattern.finditer(level), _LIMIT):
            name = "noun" if pattern is _LAST else "name"
            if hit[name].split()[-1] in stop or hit[name].endswith("ly"):
                continue
            span = _widened(level, hit.start(name), hit.end(name), stop, 3 if name == "noun" else 0)
            words = level[span : hit.end(name)].split()
            if len(words) > 1 and words[0].isdigit() and not _BARE_SIZE.fullmatch(words[1]):
                span += len(words.pop(0)) + 1  # the 3 water bottles
            vague = _NO_PRODUCT.search(words[-1]) and not (len(words) > 1 and _HOLDER.fullmatch(words[-1]))
            if not vague and not any(word in stop for word in words[:-1]):
                yield (span, hit.end(name)), points


def _repeated(level: str, name: str, stop: frozenset[str]) -> bool:
    """Whether the noun of the subject is named again in the text."""
    return level.count(name) > 1 and not _NO_PRODUCT.search(name) and not stop.intersection(name.split())


def _widened(level: str, start: int, end: int, stop: frozenset[str], most: int) -> int:
    """Take in the words in front that belong to the name; -ed and -ly words seldom do."""
    for _ in range(most):
        before = _MODIFIER.search(level, max(0, start - 24), start)
        if before is None or before["word"] in stop or before["word"].endswith(("ed", "ly")):
            break
        word = before["word"]
        if any(c.isdigit() for c in word) and not (_SIZE.fullmatch(word) or _COUNTED_PARTS.fullmatch(word)):
            break
        if _NUMBER.fullmatch(word) and not _BARE_SIZE.fullmatch(level[start:end].split()[0]):
            break
        start = before.start("word")
    return start
