"""HTML to text, as a reader would copy it: rows stay rows, hidden text stays hidden.

The home of selectolax. The walk is iterative, because mails nest deeper than Python recurses. A cell ends in a TAB, so
that `label TAB value` reads like any labelled line; a quoting blockquote is marked `> ` line by line; a picture that
came with the mail leaves a mark of its own line (see `PICTURE`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailbot.mail.addresses import ADDRESS

LONGEST = 1_000_000  # characters of one body that are read
PICTURE = "\ufffc"  # `PICTURE + content-id` on a line of its own
_CELL = 300  # longer cells are paragraphs, not cells of a row

_DROPPED_TAGS = "script style head title noscript template xml select option textarea"
_DROPPED = frozenset(_DROPPED_TAGS.split())
_BLOCK_TAGS = """
    address article aside blockquote body caption center dd details dir div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr html li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul
    """
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
_QUOTING = re.compile(r"quote|reply", re.I)
_INLINE_BLANKS = re.compile("[ \t\r\n\f\u200b\ufeff]+")
_BLANKS = re.compile("[ \u00a0]+")
_META = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([A-Za-z0-9_:.-]{2,40})""", re.I)


def declared_charset(raw: bytes) -> str:
    """The charset a `<meta>` in the first 4 KB names; empty when there is none."""
    found = _META.search(raw[:4096])
    return found[1].decode("ascii") if found else ""


def to_text(html: str) -> str:
    """The visible text of `html`, lines separated by newline, never more than one blank line in a row."""
    root = LexborHTMLParser(html[:LONGEST]).root
    return _tidy(_Page().read(root)) if root is not None else ""


class _Page:
    """The page as it grows: finished lines, the line in work, and how deep in quotes and preformatted text we are."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quoted = 0
        self.preformatted = 0
        self.rows: list[bool] = []  # for each open row: whether its cells may stand on one line

    def read(self, root: LexborNode) -> list[str]:
        for node, entering in _walk(root):
            tag = node.tag or ""
            if tag == "-text":
                self._text(node.text_content or "")
            elif entering:
                self._open(node, tag)
            else:
                self._close(node, tag)
        self._newline()
        return self.lines

    def _text(self, text: str) -> None:
        if self.preformatted:
            first, *rest = text.expandtabs(4).split("\n")
            self.line.append(first)
            for line in rest:
                self._newline(blank=True)
                self.line.append(line)
        else:
            self.line.append(_INLINE_BLANKS.sub(" ", text))

    def _open(self, node: LexborNode, tag: str) -> None:
        if tag == "br":
            self._newline(blank=True)
        elif tag == "img":
            self._picture(node)
        elif tag == "tr":
            self._newline()
            self.rows.append(_on_one_line(node))
        elif tag in ("td", "th"):
            self._newline(row=True)
        elif tag in _BLOCKS:
            self._newline(row=True)
            self.preformatted += tag == "pre"
            self.quoted += tag == "blockquote" and _quotes(node)
            if tag == "li":
                self.line.append("- ")

    def _close(self, node: LexborNode, tag: str) -> None:
        if tag == "a":
            self._link(node)
        elif tag in ("td", "th") and self.rows and self.rows[-1]:
            self.line.append("\t")
        elif tag in _BLOCKS:
            self._newline(row=tag != "tr")
            self.preformatted -= tag == "pre"
            self.quoted -= tag == "blockquote" and _quotes(node)
            if tag == "tr" and self.rows:
                self.rows.pop()

    def _newline(self, *, blank: bool = False, row: bool = False) -> None:
        """End the line; `blank` keeps it even when empty, `row` keeps on one line what is inside a one-line row."""
        if row and self.rows and self.rows[-1]:
            self.line.append(" ")
            return
        text = "".join(self.line)
        self.line.clear()
        blank = blank or "\u00a0" in text  # an empty paragraph is written as a no-break space
        text = text.rstrip() if self.preformatted else _BLANKS.sub(" ", text).strip(" ")
        text = re.sub(r" *\t *", "\t", text).rstrip("\t") if "\t" in text else text
        if text or blank:
            self.lines.append("> " * self.quoted + text)

    def _picture(self, node: LexborNode) -> None:
        source = node.attributes.get("src") or ""
        if source.lower().startswith("cid:"):
            self._newline()
            self.lines.append(f"{PICTURE}{source[4:].strip()}")

    def _link(self, node: LexborNode) -> None:
        """Show the address behind a name: `<a href="mailto:x@y">Name</a>` reads `Name <x@y>`."""
        target = node.attributes.get("href") or ""
        found = ADDRESS.search(target[7:]) if target[:7].lower() == "mailto:" else None
        if found and found[0].lower() not in (node.text() or "").lower():
            self.line.append(f" <{found[0]}>")


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Every visible node in document order, elements once on entering and once on leaving."""
    node: LexborNode | None = root
    while node is not None:
        hidden = node.tag in _DROPPED or _is_hidden(node)
        if not hidden:
            yield node, True
        if not hidden and node.first_child is not None:
            node = node.first_child
            continue
        if not hidden and node.tag != "-text":
            yield node, False
        while node is not None and node.next is None:
            node = node.parent
            if node is None or node.mem_id == root.mem_id:
                if node is not None:
                    yield node, False
                return
            yield node, False
        node = node.next if node is not None else None


def _is_hidden(node: LexborNode) -> bool:
    if node.tag in ("-text", "-comment", "-document"):
        return node.tag != "-text"
    style = node.attributes.get("style")
    return bool(style and _HIDDEN.search(style))


def _quotes(node: LexborNode) -> bool:
    """Whether a blockquote quotes a mail; many clients use it just to indent."""
    given = node.attributes
    return bool(
        given.get("type") == "cite" or given.get("cite") or _QUOTING.search(f"{given.get('class')} {given.get('id')}")
    )


def _on_one_line(row: LexborNode) -> bool:
    cells = [c for c in row.iter() if c.tag in ("td", "th")]
    if row.css_first("table") is not None:
        return False
    return len(cells) > 1 and all(len(c.text() or "") <= _CELL for c in cells)


def _tidy(lines: list[str]) -> str:
    text = "\n".join(line.rstrip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")
