"""The overview: how much is asked, what came of it, when help was shown. Counts only, small ones too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask import Response, render_template, request

from chatbot import Counts, by_day, by_week, in_all
from web.staff.charts import Chart, column_chart, share_chart
from web.staff.session import blueprint, note, signed_in
from web.staff.spreadsheet import spreadsheet
from web.staff.stores import stores

PERIODS = {28: "4 weeks", 91: "3 months", 364: "12 months"}
BY_DAY = 91
"""Up to this many days a chart has a column for each day, then for each week."""

KINDS = {
    "answer": "Answered with a quote",
    "not_covered": "Not in our articles",
    "personal": "Asked for personal advice",
    "crisis": "Crisis: help first",
    "emergency": "Emergency: help first",
    "abuse": "Violence: help first",
    "smalltalk": "Small talk",
    "trouble": "Could not look it up",
}
SERIES = {
    "Answered": ("answer",),
    "Not in our articles": ("not_covered",),
    "Personal advice": ("personal",),
    "Help first": ("crisis", "emergency", "abuse"),
    "Small talk or trouble": ("smalltalk", "trouble"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a page looks at, from a Monday on; ``days`` is what was asked for."""

    days: int
    first: date
    last: date

    @property
    def by_day(self) -> bool:
        """Whether its charts have a column for each day."""
        return self.days <= BY_DAY


@blueprint.get("/")
@signed_in("editor")
def dashboard() -> str:
    """The overview of a period."""
    period = period_asked()
    days, helped = _figures(period)
    each_day = by_day(days, helped, period.first, period.last)
    weeks = by_week(days, helped, period.first, period.last)
    columns = each_day if period.by_day else weeks
    return render_template(
        "staff/dashboard.html",
        period=period,
        periods=PERIODS,
        kinds=KINDS,
        total=in_all(each_day),
        columns=columns,
        weeks=weeks,
        series=SERIES,
        asked=_asked(columns),
        shares=_shares(weeks),
        helps=column_chart(["Help shown"], [(short(each.first), [each.helped]) for each in weeks]),
    )


@blueprint.get("/figures.csv")
@signed_in("editor")
def figures() -> Response:
    """The same figures day by day, as a file."""
    period = period_asked()
    note("figures exported", f"{period.first} to {period.last}")
    rows: list[list[object]] = [["day", "questions", *KINDS.values(), "help shown"]]
    for each in by_day(*_figures(period), period.first, period.last):
        rows.append([each.first, each.total, *(each.of(kind) for kind in KINDS), each.helped])
    return spreadsheet(f"questions-{period.first}-{period.last}", rows)


def period_asked() -> Period:
    """The period of the address, four weeks unless it names another one that is offered."""
    asked = request.args.get("days", "")
    days = next((each for each in PERIODS if str(each) == asked), min(PERIODS))
    today = datetime.now(UTC).date()
    first = today - timedelta(days=days - 1)
    return Period(days, first - timedelta(days=first.weekday()), today)


def short(day: date) -> str:
    """A day as few letters."""
    return f"{day.day} {day:%b}"


def _figures(period: Period) -> tuple[dict[date, dict[str, int]], dict[date, int]]:
    journal = stores().journal
    return journal.kinds_by_day(period.first), journal.help_by_day(period.first)


def _asked(columns: list[Counts]) -> Chart:
    figures = [(short(each.first), [each.of(*kinds) for kinds in SERIES.values()]) for each in columns]
    return column_chart(list(SERIES), figures)


def _shares(weeks: list[Counts]) -> Chart:
    names = ["Answered", "Not in our articles"]
    return share_chart(
        names, [(short(each.first), [each.share("answer"), each.share("not_covered")]) for each in weeks]
    )
