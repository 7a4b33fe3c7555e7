"""Pages, as a browser reads them; and words that attack them."""
from __future__ import annotations

from html.parser import HTMLParser
from typing import Dict, List, Optional, Sequence, Tuple

VOID = ("br", "meta", "input", "hr", "col")
# Each of them, unescaped anywhere, makes an element or an attribute that is called evil, or loads.
EVIL = ("<evil>", "</td></tr></table><evil evil=1>", "' evil='1", '" evil="1', "</script><evil>",
        "</style><evil>", "<!--", "]]>", "&lt;evil>", "<img src=http://evil.example/x onerror=1>",
        "javascript:evil()", "\u202e\u2066evil\x00\x1b[31m", "\ud800", "e\u0301" * 9, "\udcff",
        "</title><evil>", "=cmd|'/c evil'!A1", "../../evil")
HOSTILE = " ".join(EVIL)


class Page(HTMLParser):
    """The elements of a page, its ids, links and text; fails if an element is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        text.encode("utf-8")  # raises if there is half of a pair
        self.open: List[str] = []
        self.tags: List[str] = []
        self.attributes: List[Tuple[str, Optional[str]]] = []
        self._pieces: List[str] = []
        self._by_tag: Dict[str, List[str]] = {}
        self.feed(text)
        self.close()
        assert self.open == []
        self.text = "".join(self._pieces)
        # Of all elements of a kind.
        self.texts = {tag: "".join(pieces) for tag, pieces in self._by_tag.items()}

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self._pieces.append(data)
        for tag in set(self.open):
            self._by_tag.setdefault(tag, []).append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data[:80]!r}")

    def values(self, name: str) -> List[str]:
        """Returns the values of an attribute, wherever it stands."""
        return [value or "" for key, value in self.attributes if key == name]

    def require_sound(self, beside: Sequence[str] = ()) -> None:
        """Fails if something stems from EVIL, is loaded, handles events, or leads to what is
        neither on the page, nor a page, nor a file `beside` it."""
        names = {key for key, _ in self.attributes}
        assert not {"evil", "evil'", 'evil"', "src", "style"} & names
        assert not any(name.startswith("on") for name in names)
        assert not {"evil", "img", "iframe", "link", "object", "base", "form"} & set(self.tags)
        assert not any(control in self.text for control in "\x00\x1b\u202e\u2066\ud800")
        ids = self.values("id")
        assert len(ids) == len(set(ids))
        for link in self.values("href"):
            known = link[1:] in ids or link.endswith(".html") or link in beside
            assert known and ":" not in link, link
