"""The language of `when` in rule files: comparisons over the fields of a case, and nothing else.

    quantity >= 100 and nature == "appearance"          severity >= "urgent" || not filled(batch)
    nature in ["delivery", "service"]                   goods_arrived < 2026-03-01 && times("batch", 90d) > 1

Everything is checked when a condition is compiled: names, types, keys of choices. Evaluating is one walk over it; there
are no attributes, no arithmetic and no calls but those of a given table, so no text can do harm or take long.

An empty field, or one that holds something else than its type, makes every comparison false, `!=` and `not in` too;
only `empty(name)`, `filled(name)`, `== none` and `is empty` ask about emptiness. A duration such as `90d`, `2w`, `36h`
is a number of days. `not` binds weaker than a comparison, `and` than `not`, `or` than `and`; so do their signs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mailbot.core.conditiontypes import COMPARE, FIELDS, Choice, Fields, Function, Scale, Type, family, reader
from mailbot.core.conditionwords import ConditionError, Cursor, Word, hint

__all__ = ["FIELDS", "Choice", "Condition", "ConditionError", "Function", "Scale", "Type", "compile_condition"]

LENGTH_LIMIT = 2000
DEPTH_LIMIT = 40

Values = Mapping[str, Any]
Read = Callable[[Values], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A compiled condition. `names` are the fields it looks at, in their order, for saying why it held."""

    text: str
    names: tuple[str, ...]
    _read: Read = field(repr=False, compare=False)
    _told: tuple[Read, ...] = field(default=(), repr=False, compare=False)

    def __call__(self, values: Values) -> bool:
        """Whether it holds for `values`; a name that is missing there counts as empty."""
        return self._read(values) is True

    @property
    def looks_back(self) -> bool:
        """Whether it calls functions that find something elsewhere than among the values."""
        return bool(self._told)

    def words(self, values: Values) -> tuple[str, ...]:
        """What the functions it calls have to say about what they found."""
        return tuple(dict.fromkeys(text for told in self._told if (text := told(values))))


def compile_condition(
    text: str, names: Mapping[str, Type], functions: Mapping[str, Function] | None = None
) -> Condition:
    """Check `text` against the types of `names` and make it callable. Raises ConditionError."""
    if len(text) > LENGTH_LIMIT:
        raise ConditionError(text, LENGTH_LIMIT, f"is longer than {LENGTH_LIMIT} characters; make two rules of it")
    parser = _Parser(text, names, functions or {})
    read = parser.whole()
    return Condition(text=text, names=tuple(parser.used), _read=read, _told=tuple(parser.told))


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a condition: what it gives and how to read it. `fixed`: written in the rule itself, in `word`."""

    gives: Type
    read: Read
    word: Word
    fixed: bool = False


class _Parser(Cursor):
    def __init__(self, text: str, names: Mapping[str, Type], functions: Mapping[str, Function]) -> None:
        super().__init__(text)
        self.names, self.functions = names, functions
        self.used: dict[str, None] = {}
        self.told: list[Read] = []
        self._depth = 0

    def whole(self) -> Read:
        read = self._truth(self._or())
        if self.word.kind != "end":
            raise self.wrong(self.word, f"{self.word.text} was not expected here; join conditions with and, or")
        return read

    def _or(self) -> _Part:
        return self._chain("or", self._and, any)

    def _and(self) -> _Part:
        return self._chain("and", self._not, all)

    def _chain(self, sign: str, part: Callable[[], _Part], together: Callable[[Any], bool]) -> _Part:
        first = part()
        if not self.next_is(sign):
            return first
        reads = [self._truth(first)]
        while self.take(sign):
            reads.append(self._truth(part()))
        return _Part(bool, lambda values: together(read(values) is True for read in reads), first.word)

    def _not(self) -> _Part:
        word, times = self.word, 0
        while self.take("not"):
            times += 1
        part = self._comparison()
        if not times:
            return part
        read, odd = self._truth(part), times % 2 == 1
        return _Part(bool, lambda values: (read(values) is True) != odd, word)

    def _comparison(self) -> _Part:
        left, sign = self._operand(), self.word
        if self.take("is"):
            part = self._is_empty(left)
        elif self.take("in"):
            part = self._in(left, wanted=True)
        elif self.take("not"):
            self.expect("in")
            part = self._in(left, wanted=False)
        elif self.take(*COMPARE):
            part = self._compare(left, sign, self._operand())
        else:
            return left
        if self.next_is("in", "is", *COMPARE):
            raise self.wrong(self.word, "write two comparisons and join them with and")
        return part

    def _operand(self) -> _Part:
        word = self.word
        if self.take("("):
            self._depth += 1
            if self._depth > DEPTH_LIMIT:
                raise self.wrong(word, f"more than {DEPTH_LIMIT} brackets inside each other; make two rules of it")
            part = self._or()
            self.expect(")")
            self._depth -= 1
            return part
        if word.kind == "value":
            self.skip()
            return _Part(type(word.value), lambda values: word.value, word, fixed=True)
        if word.kind == "name":
            self.skip()
            return self._call(word) if self.take("(") else self._field(word)
        raise self.wrong(word, f"a field or a value was expected here, not {word.text}")

    def _field(self, word: Word) -> _Part:
        if word.text not in self.names:
            raise self.wrong(word, self._unknown(word.text))
        self.used[word.text] = None
        name, gives = word.text, self.names[word.text]
        believed = reader(gives)
        return _Part(gives, lambda values: believed(values.get(name)), word)

    def _call(self, word: Word) -> _Part:
        if word.text in ("empty", "filled"):
            part = self._emptiness(self._field(self.name()), word, empty=word.text == "empty")
            self.expect(")")
            return part
        function = self.functions.get(word.text)
        if function is None:
            raise self.wrong(word, f"there is no function {word.text!r}{hint(word.text, self.functions)}")
        fields = self._field_names() if FIELDS in function.takes else None
        given, takes = self._arguments(), [t for t in function.takes if not isinstance(t, Fields)]
        if len(given) != len(takes):
            raise self.wrong(word, f"{word.text} takes {len(takes)} values, {len(given)} are given")
        for place, (part, kind) in enumerate(zip(given, takes, strict=True), 1):
            self._same(part, _Part(kind, part.read, Word("name", f"value {place} of {word.text}", word.column)))
        reads: list[Read] = [part.read for part in given]
        if fields is not None:
            reads.insert(0, lambda values: fields)
        if told := function.told:
            self.told.append(lambda values: told(values, *(read(values) for read in reads)))
        call, believed = function.call, reader(function.gives)
        return _Part(function.gives, lambda values: believed(call(values, *(read(values) for read in reads))), word)

    def _field_names(self) -> tuple[str, ...]:
        """The fields a function is given by name: one or more, before everything else."""
        names: list[str] = []
        while self.word.kind == "name" or not names:
            word = self.name()
            if word.text not in self.names:
                raise self.wrong(word, self._unknown(word.text))
            if family(self.names[word.text]) != "text":
                raise self.wrong(word, f"{word.text} is a {family(self.names[word.text])}; only texts are looked for")
            names.append(word.text)
            if not self.take(","):
                break
        return tuple(names)

    def _arguments(self) -> list[_Part]:
        given: list[_Part] = []
        while not self.take(")"):
            if given:
                self.expect(",")
            given.append(self._operand())
        return given

    def _is_empty(self, left: _Part) -> _Part:
        wanted = not self.take("not")
        word = self.word
        if not (word.text == "empty" or (word.kind == "value" and word.value is None)):
            raise self.wrong(word, f"after is comes empty, not {word.text}")
        self.skip()
        return self._emptiness(left, left.word, empty=wanted)

    def _emptiness(self, part: _Part, word: Word, *, empty: bool) -> _Part:
        if part.fixed:
            raise self.wrong(word, "only a field can be empty")
        read = part.read
        return _Part(bool, lambda values: (read(values) is None) == empty, word)

    def _in(self, left: _Part, *, wanted: bool) -> _Part:
        self.expect("[")
        found: list[Any] = []
        while not self.take("]"):
            if found:
                self.expect(",")
                if self.take("]"):
                    break
            if self.word.kind != "value" or self.word.value is None:
                raise self.wrong(self.word, f"a list holds values only, not {self.word.text}")
            part = self._operand()
            self._same(left, part)
            found.append(part.word.value)
        if not found:
            raise self.wrong(self.word, "the list is empty, so this could never hold")
        read, among = left.read, frozenset(found)
        return _Part(bool, lambda v: (value := read(v)) is not None and (value in among) == wanted, left.word)

    def _compare(self, left: _Part, sign: Word, right: _Part) -> _Part:
        for one, other in ((left, right), (right, left)):
            if one.gives is type(None):
                if sign.text not in ("==", "!="):
                    raise self.wrong(sign, "nothing is more or less than none; write == none")
                return self._emptiness(other, other.word, empty=sign.text == "==")
        self._same(left, right)
        rank = self._rank(left, sign, right) if sign.text not in ("==", "!=") else _itself
        compare, first, second = COMPARE[sign.text], left.read, right.read

        def read(values: Values) -> bool:
            a, b = first(values), second(values)
            return a is not None and b is not None and bool(compare(rank(a), rank(b)))

        return _Part(bool, read, left.word)

    def _rank(self, left: _Part, sign: Word, right: _Part) -> Callable[[Any], Any]:
        """How the two are ordered: by the keys of their scale, numbers and dates by themselves, text not at all."""
        scales = {part.gives: None for part in (left, right) if isinstance(part.gives, Scale)}
        for part in (left, right):
            by_scale = isinstance(part.gives, Scale) or (scales and part.fixed)
            if len(scales) > 1 or (family(part.gives) in ("text", "yes or no") and not by_scale):
                raise self.wrong(sign, f"{left.word.text} and {right.word.text} have no common order; use ==, != or in")
        for scale in scales:
            return {key: place for place, key in enumerate(scale.keys)}.__getitem__
        return _itself

    def _same(self, left: _Part, right: _Part) -> None:
        """Refuse to set side by side what can never be equal."""
        if left.fixed and right.fixed:
            raise self.wrong(left.word, "this compares two fixed values; one must be a field")
        if family(left.gives) != family(right.gives):
            fixed = left if left.fixed else right
            other = right if left.fixed else left
            raise self.wrong(
                fixed.word,
                f"{other.word.text} is a {family(other.gives)}, {fixed.word.text} is a {family(fixed.gives)}",
            )
        for one, other in ((left, right), (right, left)):
            if one.fixed and isinstance(other.gives, Choice | Scale) and one.word.value not in other.gives.keys:
                known = ", ".join(other.gives.keys)
                raise self.wrong(one.word, f"{other.word.text} is never {one.word.text}; it is one of {known}")

    def _truth(self, part: _Part) -> Read:
        if part.gives is not bool:
            word = part.word
            what = f"{word.text} is a {family(part.gives)}, not yes or no; "
            raise self.wrong(word, what + f"compare it with something, or write filled({word.text})")
        return part.read

    def _unknown(self, name: str) -> str:
        keys = {key for gives in self.names.values() if isinstance(gives, Choice | Scale) for key in gives.keys}
        if name in keys:
            return f'{name} is not a field; in quotation marks it is a value: "{name}"'
        return f"there is no field {name!r}{hint(name, self.names)}"


def _itself(value: Any) -> Any:
    return value
