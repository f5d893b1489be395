"""Letters: from a kind, a language and facts to subject, text and HTML. The one home of jinja2 and css_inline.

A letter is KIND.txt (its first line is the subject) and KIND.html; the company's own files win over the shipped ones.
A KIND.txt of its own without HTML is set as plain paragraphs, so that the shipped page never says something else.
Templates are read once, when `Letters` is made. Text from outside only ever is a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import css_inline
from jinja2 import DictLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from mailbot.core.model import Language
from mailbot.core.rulefile import Field, FileProblems, Model, Problem, read
from mailbot.errors import Permanent
from mailbot.letterfacts import BLANK, MADE, complete, one_line
from mailbot.wording import Words

CUSTOMER_KINDS = (
    "acknowledgement",
    "ask_again",
    "stage_news",
    "explanation",
    "plan",
    "result",
    "satisfaction",
    "reopened",
    "closed",
)
STAFF_KINDS = (
    *("assignment", "reminder", "escalation", "emergency", "follow_up_notice", "forwarder_notice"),
    *("bounce_notice", "held_letter", "answer_noted", "operator_alert", "daily_summary", "monthly_report"),
)
KINDS = CUSTOMER_KINDS + STAFF_KINDS

LIMIT = 400_000
"""Characters a rendered text or HTML may have; a template that makes more is broken."""

_TRAILING = re.compile(r"[ \t]+\n")
_BLANKS = re.compile(r"\n{3,}")

Labels = Callable[[str, str, Language], str]


def as_written(axis: str, key: str, language: Language) -> str:
    """Return the key itself: the labels of a company whose facts already are words."""
    return key


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Who signs. `register` tells staff where the register is; `colour` is a CSS colour.

    `names` and `signatures` replace `name` and `signature` in the languages they have.
    """

    name: str
    address: str = ""
    domain: str = ""
    phone: str = ""
    signature: str = ""
    register: str = ""
    colour: str = "#1f4e79"
    names: Mapping[Language, str] = field(default_factory=dict)
    signatures: Mapping[Language, str] = field(default_factory=dict)

    def speaking(self, language: Language) -> Company:
        """Return the company as it signs in `language`."""
        name = self.names.get(language, self.name)
        return replace(self, name=name, signature=self.signatures.get(language, self.signature))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A letter ready to be put into a mail. `text` ends with a line end; `html` is a whole page with inline styles."""

    subject: str
    text: str
    html: str


class Specimen(Model):
    """Example facts (`specimen.toml`): what a template may use, and what `check` tries it with."""

    facts: dict[str, Any] = Field(default_factory=dict)
    kinds: dict[str, dict[str, Any]] = Field(default_factory=dict)


class Letters:
    """All letters in all languages, as the folders had them when this was made.

    `folders` come in order of precedence and hold a folder per language; what is missing in one is looked up in the
    next. `zone` is the zone times are written in; `label(axis, key, language)` gives the words for keys of rule files
    and returns what it does not know. Raises FileProblems for a broken words.toml or specimen.toml and
    for a file that is not UTF-8.
    """

    def __init__(
        self, folders: Sequence[Path], company: Company, zone: ZoneInfo, *, label: Labels = as_written
    ) -> None:
        self._tongues = {each: _Tongue(folders, company.speaking(each), zone, label, each) for each in Language}

    def render(self, kind: str, language: Language, facts: Mapping[str, Any]) -> Rendered:
        """Write one letter. Raises Permanent when its template is missing or cannot be filled in with these facts."""
        return self._tongues[language].write(kind, facts)

    def words(self, language: Language) -> Mapping[str, str]:
        """Return the words all letters of a language share."""
        return self._tongues[language].words

    def specimen(self, kind: str, language: Language) -> dict[str, Any]:
        """Return example facts for a kind of letter, in the language's own words."""
        return self._tongues[language].specimen(kind)

    def check(self) -> list[str]:
        """Return what is wrong with any template, one line each with file and line; empty when all can be sent."""
        kinds = sorted({*KINDS}.union(*(tongue.kinds() for tongue in self._tongues.values())))
        return [problem for tongue in self._tongues.values() for problem in tongue.problems(kinds)]

    def made_of(self) -> str:
        """Return all that was read to make the letters, and who signs: as long as it is the same, they are."""
        return repr([tongue.made_of for tongue in self._tongues.values()])


class _Tongue:
    """The letters of one language."""

    def __init__(
        self, folders: Sequence[Path], company: Company, zone: ZoneInfo, label: Labels, language: Language
    ) -> None:
        self._language = language
        self._places = [place for folder in folders for place in (folder / language, folder)]
        self._paths = _paths(self._places)
        words = read(self._named("words.toml", folders), Words)
        self.words = words.words
        self._specimen = read(self._named("specimen.toml", folders), Specimen)
        texts = {name: path for name, path in self._paths.items() if path.suffix != ".toml"}
        self._sources = {name: _source(path) for name, path in texts.items()}
        self.made_of = self._paths, self._sources, self._specimen, words, company
        self._env = _Sandbox(
            loader=DictLoader(self._sources),
            undefined=StrictUndefined,
            autoescape=lambda name: name is None or not name.endswith(".txt"),
            trim_blocks=True,
            lstrip_blocks=True,
            cache_size=-1,
            auto_reload=False,
        )
        self._env.globals = {"company": company, "words": words.words, "font": words.font, "language": language.value}
        self._env.filters |= {
            "when": lambda at: words.write_when(at, zone),
            "short": lambda at: words.write_short(at, zone),
            "day": lambda day: words.write_day(day, zone),
            "label": lambda key, axis: _label(words, label, axis, str(key), language),
            "breaks": _breaks,
            "brief": lambda text: one_line(str(text), 120),
        }
        self._inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)

    def kinds(self) -> set[str]:
        """Return the kinds of letters there are in this language."""
        return {path.stem for name, path in self._paths.items() if path.suffix == ".txt" and not name.startswith("_")}

    def specimen(self, kind: str) -> dict[str, Any]:
        """Return example facts for a kind."""
        return self._specimen.facts | self._specimen.kinds.get(kind, {})

    def write(self, kind: str, facts: Mapping[str, Any]) -> Rendered:
        """Write a letter; every fault of a template becomes Permanent."""
        try:
            return self._write(kind, complete(facts))
        except (TemplateError, TypeError, ValueError, LookupError, ArithmeticError) as error:
            where = self._paths.get(f"{kind}.txt", Path(f"{self._language}/{kind}.txt"))
            part = f"letter {kind} ({self._language})"
            said = str(error) if isinstance(error, Unusable) else f"{type(error).__name__}: {error}"
            raise Permanent(part, said, f"correct {where} or .html beside it") from error

    def problems(self, kinds: Sequence[str]) -> Iterator[str]:
        """Yield what is wrong, template by template; a fault in a part they share hides theirs."""
        broken = {name: problem for name in self._env.list_templates() if (problem := self._misread(name))}
        yield from broken.values()
        shared = any(name.startswith("_") for name in broken)
        for kind in kinds:
            if f"{kind}.txt" not in self._paths:
                yield f"{self._language}/{kind}.txt: is missing"
            elif not shared and not {f"{kind}.txt", f"{kind}.html"} & broken.keys():
                yield from self._unwritable(kind)

    def _write(self, kind: str, facts: Mapping[str, Any]) -> Rendered:
        text = _expand(self._env.get_template(f"{kind}.txt"), facts)
        subject, body = _split(text)
        if self._has_page(kind):
            html = _expand(self._env.get_template(f"{kind}.html"), facts)
        else:
            plain = {"subject": subject, "paragraphs": body.strip().split("\n\n")}
            html = _expand(self._env.get_template("_plain.html"), {**facts, **plain})
        return Rendered(subject=subject, text=body, html=self._inliner.inline(html))

    def _has_page(self, kind: str) -> bool:
        page, text = (self._paths.get(f"{kind}{end}") for end in (".html", ".txt"))
        return bool(page and text and self._places.index(page.parent) <= self._places.index(text.parent))

    def _misread(self, name: str) -> str:
        try:
            tree = self._env.parse(self._sources[name])
            unknown = meta.find_undeclared_variables(tree) - self._known(name)
        except TemplateSyntaxError as error:
            return f"{self._paths[name]}:{error.lineno}: {error.message}"
        unknown -= {str(node.target) for node in tree.find_all(nodes.Import)}
        line = min((node.lineno for node in tree.find_all(nodes.Name) if node.name in unknown), default=0)
        return f"{self._paths[name]}:{line}: does not know {', '.join(sorted(unknown))}" if unknown else ""

    def _known(self, name: str) -> set[str]:
        kinds = self._specimen.kinds
        own = kinds.values() if name.startswith("_") else (kinds.get(name.partition(".")[0], {}),)
        facts = {*BLANK, *MADE, *self._specimen.facts}.union(*own)
        return facts | {*self._env.globals, "subject", "paragraphs"}

    def _unwritable(self, kind: str) -> Iterator[str]:
        specimen = self.specimen(kind)
        bare = {key: value for key, value in specimen.items() if key not in BLANK}
        for facts in (specimen, bare):
            try:
                self.write(kind, facts)
            except Permanent as error:
                yield f"{self._paths[f'{kind}.txt']}: {error.detail}"
                return

    def _named(self, name: str, folders: Sequence[Path]) -> Path:
        if name not in self._paths:
            looked = ", ".join(str(folder / self._language) for folder in folders)
            raise FileProblems((Problem(file=f"{self._language}/{name}", line=0, message=f"is not in {looked}"),))
        return self._paths[name]


class Unusable(ValueError):
    """What a template makes is no letter; says why, for the template's editor."""


class _Sandbox(ImmutableSandboxedEnvironment):
    """Templates may count; they may not make giants out of a multiplication."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or not isinstance(left, int | float) or not isinstance(right, int | float):
            raise SecurityError("templates may multiply numbers only")
        return left * right


def _paths(places: Sequence[Path]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for place in places:
        for path in sorted(place.glob("*.*")) if place.is_dir() else ():
            if path.suffix in (".txt", ".html", ".toml"):
                found.setdefault(path.name, path)
    return found


def _source(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        message = "is not UTF-8 text; save it as UTF-8 in your editor"
        raise FileProblems((Problem(file=str(path), line=0, message=message),)) from error


def _expand(template: Template, facts: Mapping[str, Any]) -> str:
    pieces: list[str] = []
    size = 0
    for piece in template.generate(facts):
        size += len(piece)
        if size > LIMIT:
            raise Unusable(f"{template.name} makes more than {LIMIT:,} characters")
        pieces.append(piece)
    return "".join(pieces)


def _split(text: str) -> tuple[str, str]:
    first, _, body = text.partition("\n")
    if not first.startswith("Subject:"):
        raise Unusable("the first line must be 'Subject: …'")
    return one_line(first.removeprefix("Subject:"), 150), _BLANKS.sub("\n\n", _TRAILING.sub("\n", body)).strip() + "\n"


def _label(words: Words, label: Labels, axis: str, key: str, language: Language) -> str:
    said = label(axis, key, language) if key else ""
    return words.labels.get(axis, {}).get(key, said) if said == key else said


def _breaks(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in str(text).splitlines())
