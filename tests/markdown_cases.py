"""Nasty Markdown for quotes: cases by hand and a way to make more."""

from __future__ import annotations

from hypothesis import strategies as st

CASES: dict[str, str] = {
    "2 * 3 * 4 is 24": "2 * 3 * 4 is 24",
    "a snake_case_name and __init__ed": "a snake_case_name and __init__ed",
    "an *unclosed mark": "an *unclosed mark",
    "results vary* and **so do** doses**": "results vary* and so do doses**",
    "*very **very** good*": "very very good",
    "***both* of them**": "both of them",
    "**bold _and_ *more***": "bold and more",
    "un*frigging*believable": "unfriggingbelievable",
    "call [our [own] line](tel:+15550100) now": "call our [own] line now",
    "[a page](https://example.org/a_(b)_c 'Title') of *ours*": "a page of ours",
    "[**bold** words](<https://example.org/a b>)": "bold words",
    "see [this note] and [that][1]": "see [this note] and [that][1]",
    "[not](a link and [run](javascript:alert(1))": "[not](a link and run",
    "[data](data:text/html,x) [file](file:///etc) [near](/contact)": "data file near",
    "![A **picture**](x.png) of it": "A picture of it",
    "[![](x.png)](https://example.org)bare": "bare",
    "<https://example.org/x_y_z> or <care@example.org>": "https://example.org/x_y_z or care@example.org",
    "<javascript:alert(1)> is no link": "javascript:alert(1) is no link",
    "<b onclick=x()>bold</b> & <script>x()</script>": "<b onclick=x()>bold</b> & <script>x()</script>",
    "Tom &amp; Ann&nbsp;&copy; &lt;b&gt; &#42;x&#42; &nope; &": "Tom & Ann\u00a0© <b> *x* &nope; &",
    "&notit; &Aacute;&semi; &#0; &#x1F600; &ngE;": "&notit; Á; \ufffd 😀 ≧̸",
    r"\*not\* \_this\_ \[x\](y) \\ \a": r"*not* _this_ [x](y) \ \a",
    "`a *b* \\*` and `` ` `` and ```unclosed": "a *b* \\* and ` and ```unclosed",
    "one  \ntwo\\\nthree\nfour": "one two three four",
    "*over\ntwo lines*": "over two lines",
    "😀*é*😀 é*😀*é “*quoted*”": "😀é😀 é*😀*é “quoted”",
    "It helps:\n\n1. *First*:\n   - one\n   - [two](tel:2)\n2. last\n   goes": "It helps: First: one two last goes",
    "Before.\n\n## A *heading* ##\n\nThat said, no.": "Before. A heading That said, no.",
    "Before\n---\n> A quotation\n> goes on\n\n***\n\nAfter": "Before A quotation goes on After",
    "> 5 mg is much": "> 5 mg is much",
    "# of doses": "# of doses",
    "\r\n- a\r\n\r\n  *b*\r\n* c": "a b c",
    "7) seven\n08) eight": "seven eight",
    "nul \x00 and *tab*\t\tend": "nul \ufffd and tab end",
}
"""What an author may write, and the words that a visitor sees."""

MARKS = (
    "*", "**", "***", "_", "__", "`", "``", "[", "]", "(", ")", "![", "](https://example.org)", "](<a b> 't')", "](x)",
    "](javascript:alert(1))", "\\", "<", ">", "<https://x.example>", "<me@x.example>", "<b>", "&amp;", "&copy;",
    "&#42;", "&#x1F600;", "&nope;", "&", "!", "a", "word", "snake_case", "2 * 3", "é", "“", "$", "😀", "\u00a0", "'",
    '"', " ", "  ",
)  # fmt: skip
BLOCKS = ("\n", "  \n", "\n\n", "\r\n", "\n- ", "\n  - ", "\n1. ", "\n   ", "\n> ", "\n## ", "\n---\n", "\t", " ##\n")

lines = st.lists(st.sampled_from(MARKS), min_size=1, max_size=14).map("".join)
texts = st.lists(st.sampled_from([*MARKS, *BLOCKS]), min_size=1, max_size=24).map("".join)


@st.composite
def quotes(draw: st.DrawFn) -> tuple[str, list[list[int]]]:
    """A text, and highlights in it: in order, perhaps inside a mark."""
    text = draw(texts)
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    return text, [[first, last] for first, last in zip(places[::2], places[1::2], strict=False) if first < last]
