"""A piece of HTML as Markdown: the one home of markdownify and its soup."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

_NOT_TEXT = ("script", "style", "template", "noscript", "iframe", "object", "svg", "math", "form", "button", "select",
             "textarea", "input", "nav", "aside", "dialog", "video", "audio", "canvas", "head")  # fmt: skip
_FURNITURE = re.compile(
    r"(?:^|[-_ ])(?:share|sharing|sharedaddy|social|related|breadcrumbs?|sidebar|menu|nav(?:bar|igation)?|cookies?"
    r"|newsletter|subscribe|comments?|pagination|post-meta|entry-meta|byline|advert\w*|skip-link|screen-reader-text)"
    r"(?:$|[-_ ])",
    re.I,
)


def markdown_of(html: str) -> str:
    """The HTML's text as Markdown, without scripts, forms, menus and what else is not its text."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all(_NOT_TEXT):
        tag.decompose()
    for tag in soup.find_all(True):
        if not tag.decomposed and _is_furniture(tag):
            tag.decompose()
    if not soup.find(re.compile("^h[1-6]$")):
        _bold_paragraphs_as_headings(soup)
    return str(_Converter(heading_style="atx", bullets="-", wrap=False).convert_soup(soup))


class _Converter(MarkdownConverter):
    """Keeps words in angle brackets words: Markdown would take them for HTML."""

    def escape(self, text: str, parent_tags: set[str]) -> str:
        escaped: str = super().escape(text, parent_tags)  # type: ignore[misc] # its stubs leave it out
        return re.sub(r"<|&(?=#?\w+;)", r"\\\g<0>", escaped)


def main_part(html: str) -> str:
    """The part of a whole page that its author marked as the main one, else all of its body."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all(("header", "footer")):
        if not tag.find_parent(("article", "main")):
            tag.decompose()
    parts = soup.find_all("article")
    found = parts[0] if len(parts) == 1 else soup.find("main") or soup.body or soup
    return str(found)


def _is_furniture(tag: Tag) -> bool:
    names = " ".join(_names(tag))
    return tag.name not in ("html", "body", "main", "article") and bool(_FURNITURE.search(names))


def _names(tag: Tag) -> list[str]:
    return [str(each) for name in ("class", "id", "role") for each in tag.get_attribute_list(name) if each]


def _bold_paragraphs_as_headings(soup: BeautifulSoup) -> None:
    """A short paragraph that is all bold, in a text without headings, was meant as one."""
    for tag in soup.find_all("p"):
        words = tag.get_text(" ", strip=True)
        bold = "".join(each.get_text() for each in tag.find_all(("strong", "b"), recursive=False)).strip()
        if bold and bold == tag.get_text().strip() and len(words) <= 80 and not re.search(r"[.,;:!]$", words):
            tag.name = "h2"
