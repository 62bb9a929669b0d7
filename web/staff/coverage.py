"""Which sentences of the articles are quoted, and which never are."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from flask import Response, abort, render_template, request

from chatbot import Coverage, coverage
from index import read_articles
from web.staff.dashboard import PERIODS, Period, period_asked
from web.staff.session import blueprint, note, signed_in
from web.staff.spreadsheet import spreadsheet
from web.staff.stores import published, stores

PER_PAGE = 50
ORDERS: dict[str, tuple[str, Callable[[Coverage], object]]] = {
    "most": ("Most quoted first", lambda each: (-each.count, each.article.title)),
    "least": ("Least quoted first", lambda each: (each.count, each.article.title)),
    "title": ("By title", lambda each: each.article.title.casefold()),
}


@blueprint.get("/coverage")
@signed_in("editor")
def covered() -> str:
    """Every published article with how much of it was quoted."""
    period, found = period_asked(), in_period(period_asked())
    order = request.args.get("order", "")
    order = order if order in ORDERS else "most"
    found.sort(key=ORDERS[order][1])  # type: ignore[arg-type]
    pages = max(1, -(-len(found) // PER_PAGE))
    asked = request.args.get("page", "1")
    page = min(pages, max(1, int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1))
    return render_template(
        "staff/coverage.html",
        period=period,
        periods=PERIODS,
        orders={name: words for name, (words, _) in ORDERS.items()},
        order=order,
        shown=found[(page - 1) * PER_PAGE : page * PER_PAGE],
        articles=len(found),
        never=sum(not each.count for each in found),
        page=page,
        pages=pages,
    )


@blueprint.get("/coverage/<article_id>")
@signed_in("editor")
def covered_article(article_id: str) -> str:
    """The sentences of one article, each with how often it was quoted."""
    period = period_asked()
    found = next((each for each in in_period(period) if each.article.id == article_id), None)
    if found is None:
        abort(404)
    groups = [(headings, list(uses)) for headings, uses in groupby(found.sentences, lambda use: use.headings)]
    return render_template("staff/covered_article.html", period=period, periods=PERIODS, found=found, groups=groups)


@blueprint.get("/coverage.csv")
@signed_in("editor")
def coverage_file() -> Response:
    """Every sentence of every published article, and how often it was quoted, as a file."""
    period = period_asked()
    note("coverage exported", f"{period.first} to {period.last}")
    rows: list[list[object]] = [["article", "heading", "sentence", "quoted"]]
    for each in in_period(period):
        for use in each.sentences:
            rows.append([each.article.id, " › ".join(use.headings), use.sentence.text, use.count])
    return spreadsheet(f"coverage-{period.first}-{period.last}", rows)


def in_period(period: Period) -> list[Coverage]:
    """What of each published article was quoted."""
    at = stores()
    edition_id, articles = published()
    quoted = at.journal.quoted(period.first)
    return coverage(articles, edition_id, quoted, lambda edition: read_articles(at.var, edition))
