"""What visitors said about answers, by what was quoted; what they called unsafe first."""

from __future__ import annotations

from flask import Response, render_template

from chatbot import REASONS, Judged, judged_answers
from index import read_articles
from web.staff.dashboard import PERIODS, Period, period_asked
from web.staff.session import blueprint, note, signed_in
from web.staff.spreadsheet import spreadsheet
from web.staff.stores import published, stores

WORDS = {
    "unsafe": "Could be unsafe",
    "wrong": "Wrong",
    "unclear": "Unclear",
    "not_asked": "Not what was asked",
    "useful": "Useful",
}
MOST = 100
"""At most this many answers are shown; the file holds all."""


@blueprint.get("/feedback")
@signed_in("editor")
def feedback() -> str:
    """The answers that visitors judged."""
    period = period_asked()
    found = in_period(period)
    totals = {reason: sum(each.reasons.get(reason, 0) for each in found) for reason in WORDS if reason in REASONS}
    return render_template(
        "staff/feedback.html",
        period=period,
        periods=PERIODS,
        words=WORDS,
        totals=totals,
        found=found[:MOST],
        more=len(found) - MOST,
    )


@blueprint.get("/feedback.csv")
@signed_in("editor")
def feedback_file() -> Response:
    """The same as a file."""
    period = period_asked()
    note("feedback exported", f"{period.first} to {period.last}")
    rows: list[list[object]] = [["articles", "quoted", *WORDS.values()]]
    for each in in_period(period):
        articles = " | ".join(quote.article for quote in each.quotes)
        quoted = " | ".join(quote.text for quote in each.quotes)
        rows.append([articles, quoted, *(each.reasons.get(reason, 0) for reason in WORDS)])
    return spreadsheet(f"feedback-{period.first}-{period.last}", rows)


def in_period(period: Period) -> list[Judged]:
    """What was said in a period."""
    at = stores()
    verdicts = at.journal.judged(period.first)
    return judged_answers(verdicts, published()[1], lambda edition: read_articles(at.var, edition))
