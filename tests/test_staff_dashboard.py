"""The overview tells what was counted, in charts, tables and files alike; coverage follows the words."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from desks import Clinic, Staff, text_of
from fakes import PARROTS, SAMOVARS
from hypothesis import given
from hypothesis import strategies as st

from chatbot import Counts, Journal, by_day, by_week, coverage, in_all
from corpus import Article
from index import Built, EditionError
from web.staff.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, column_chart, share_chart
from web.staff.dashboard import KINDS, SERIES
from web.staff.spreadsheet import spreadsheet

BODY = SAMOVARS.split("---\n", 2)[2]
FILLED = "A samovar is filled from the top. The lid goes on afterwards."
OIL = "A lantern needs oil, and it burns all night."
TODAY = datetime.now(UTC).date()


@pytest.fixture
def joy(clinic: Clinic) -> Staff:
    return Staff.log_in(clinic.app, "Joy", "editor")


def journal(clinic: Clinic) -> Journal:
    return clinic.app.extensions["service"].journal  # type: ignore[no-any-return]


def note(clinic: Clinic, kind: str, times: int = 1, *, helped: bool = False, places: tuple[str, ...] = ()) -> None:
    edition = clinic.app.extensions["service"].edition_id
    for _ in range(times):
        journal(clinic).record(kind, "help" if helped else "", places, 1.0, edition)
    journal(clinic).flush(30)


def move(clinic: Clinic, kind: str, day: date) -> None:
    """Let replies of a kind have been given on another day."""
    with clinic.app.extensions["service"].database.writing() as connection:
        connection.exec_driver_sql(f"update entry set hour = '{day} 10:00:00.000000' where kind = '{kind}'")


def place(body: str, words: str) -> str:
    start = body.index(words)
    return f"{start}-{start + len(words)}"


def test_the_overview_counts_kinds_and_help_also_small_numbers(clinic: Clinic, joy: Staff) -> None:
    note(clinic, "answer", 6)
    note(clinic, "answer", 1, helped=True)
    note(clinic, "not_covered", 2)
    note(clinic, "personal", 1)
    note(clinic, "crisis", 1, helped=True)
    note(clinic, "smalltalk", 1)
    page = joy.read("/staff/")
    assert "12 questions" in page
    assert "70% answered with a quote" in page
    assert "20% not in our articles" in page
    assert "2 times help was shown" in page
    assert "1 before all else, 1 beside an answer" in page
    assert "Crisis: help first 1 8%" in page


def test_a_clinic_where_nobody_asked_reads_so(joy: Staff) -> None:
    page = joy.read("/staff/")
    assert "0 questions" in page
    assert "Nobody has asked anything" in page
    assert "–" in page


def test_the_table_holds_what_the_chart_shows(clinic: Clinic, joy: Staff) -> None:
    note(clinic, "answer", 5)
    note(clinic, "not_covered", 3)
    yesterday = TODAY - timedelta(days=1)
    move(clinic, "not_covered", yesterday)
    page = joy.get("/staff/").text
    bars = re.findall(r"<rect[^>]*><title>([^<]+)</title>", page)
    short = {day: f"{day.day} {day:%b}" for day in (TODAY, yesterday)}
    assert f"{short[TODAY]}: Answered 5" in bars
    assert f"{short[yesterday]}: Not in our articles 3" in bars
    table = text_of(page[page.index("Questions as a table") :])
    assert f"{short[TODAY]} {TODAY.year} 5 5 0 0 0 0" in table
    assert f"{short[yesterday]} {yesterday.year} 3 0 3 0 0 0" in table


@pytest.mark.parametrize(("days", "columns"), [("28", range(28, 35)), ("91", range(91, 98)), ("364", range(52, 54))])
def test_a_period_begins_on_a_monday_and_long_ones_go_by_weeks(
    clinic: Clinic, joy: Staff, days: str, columns: range
) -> None:
    note(clinic, "answer")
    page = joy.get(f"/staff/?days={days}").text
    table = page[page.index("Questions as a table") : page.index("Week by week")]
    found = re.findall(r'<th scope="row"><time datetime="([^"]+)"', table)
    assert len(found) in columns
    assert date.fromisoformat(found[-1]).weekday() == 0


def test_an_unknown_period_is_four_weeks(joy: Staff) -> None:
    for asked in ("", "7", "-1", "x" * 300, "28; drop"):
        assert (
            'value="28" selected'
            in joy.get(
                "/staff/",
            ).text
        )
        assert 'value="28" selected' in joy.client.get("/staff/", query_string={"days": asked}).text


def test_the_figures_as_a_file_are_the_same_day_by_day(clinic: Clinic, joy: Staff) -> None:
    note(clinic, "answer", 4)
    note(clinic, "crisis", 2, helped=True)
    response = joy.get("/staff/figures.csv?days=28")
    assert response.headers["Content-Disposition"].startswith('attachment; filename="questions-')
    rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True).lstrip("\ufeff"))))
    last = rows[-1]
    assert last["day"] == TODAY.isoformat()
    assert (last["questions"], last[KINDS["answer"]], last[KINDS["crisis"]], last["help shown"]) == ("6", "4", "2", "2")
    assert sum(int(row["questions"]) for row in rows) == 6
    assert clinic.audit()[0][:2] == ("Joy", "figures exported")


def test_every_kind_of_reply_has_a_word_and_a_place_in_the_chart() -> None:
    from chatbot import KINDS as EVERY

    assert set(KINDS) == set(EVERY) - {"empty"}
    assert sorted(kind for kinds in SERIES.values() for kind in kinds) == sorted(KINDS)


def uses_of(page: str) -> dict[str, str]:
    """Each sentence that the page shows, with how often it was quoted."""
    found = re.findall(r'class="number">(\w+)</td><td dir="auto">([^<]+)<', page)
    return {words: count for count, words in found}


def test_coverage_tells_which_sentences_are_quoted_and_which_never(clinic: Clinic, joy: Staff) -> None:
    note(clinic, "answer", 3, places=(f"samovars:{place(BODY, FILLED)}",))
    note(clinic, "answer", 1, places=(f"samovars:{place(BODY, OIL)}", f"samovars:{place(BODY, FILLED)}"))
    listed = joy.get("/staff/coverage").text
    assert re.search(r'>Samovars and lanterns</a>.*?data-label="Quotes">5<', listed, re.S)
    assert "1 was never quoted" in text_of(listed)
    page = joy.get("/staff/coverage/samovars").text
    rows = uses_of(page)
    assert rows["A samovar is filled from the top."] == "4"
    assert rows["The lid goes on afterwards."] == "4"
    assert rows[OIL] == "1"
    assert rows["Count to ten"] == "never"
    lines = joy.get("/staff/coverage.csv").get_data(as_text=True).splitlines()
    assert "samovars,How a samovar is filled,A samovar is filled from the top.,4" in lines
    assert clinic.audit()[0][1] == "coverage exported"


def test_coverage_follows_words_into_a_later_edition(clinic: Clinic, joy: Staff, build: Callable[..., Built]) -> None:
    note(clinic, "answer", 3, places=(f"samovars:{place(BODY, FILLED)}",))
    note(clinic, "answer", 2, places=(f"samovars:{place(BODY, OIL)}",))
    changed = SAMOVARS.replace("## How", "Some words before.\n\n## How").replace("burns all night", "goes out")
    clinic.write("articles/samovars.md", changed)
    build(clinic.corpus, clinic.var)
    clinic.app.extensions["service"]._looked = float("-inf")
    page = joy.get("/staff/coverage/samovars").text
    rows = uses_of(page)
    assert rows["A samovar is filled from the top."] == "3"
    assert rows["A lantern needs oil, and it goes out."] == "never"
    assert "2 of the quotes were of words that have changed since" in text_of(page)


def test_an_edition_that_is_gone_does_not_break_the_page() -> None:
    def gone(_: str) -> list[Article]:
        raise EditionError("gone")

    article = Article("parrots", "Parrots", "S", PARROTS.split("---\n", 2)[2])
    (found,) = coverage([article], "now", {"then": {"parrots:0-9": 2, "other:0-3": 1, "nonsense": 1}}, gone)
    assert (found.count, found.lost, found.used) == (2, 2, 0)


DAYS = st.dictionaries(
    st.dates(date(2026, 1, 1), date(2026, 3, 31)),
    st.dictionaries(st.sampled_from(sorted(KINDS)), st.integers(1, 50), min_size=1),
)


@given(DAYS, st.integers(0, 89), st.integers(0, 89))
def test_days_and_weeks_hold_the_same_sum(days: dict[date, dict[str, int]], one: int, other: int) -> None:
    first, last = (date(2026, 1, 1) + timedelta(days=number) for number in sorted((one, other)))
    inside = sum(sum(kinds.values()) for day, kinds in days.items() if first <= day <= last)
    each_day, weeks = by_day(days, {}, first, last), by_week(days, {}, first, last)
    assert len(each_day) == (last - first).days + 1
    assert in_all(each_day).total == in_all(weeks).total == inside
    assert all(week.last.weekday() == 6 for week in weeks[:-1])
    assert all(before.last + timedelta(days=1) == after.first for before, after in pairwise(weeks))


def test_a_share_of_nothing_is_none() -> None:
    assert Counts(TODAY, TODAY, {"smalltalk": 3}, 0).share("answer") is None


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), max_size=60))
def test_columns_stay_in_the_picture_and_are_as_high_as_their_figures(figures: list[tuple[int, int]]) -> None:
    chart = column_chart(["a", "b"], [(str(number), pair) for number, pair in enumerate(figures)])
    top = int(chart.scale[-1][1])
    assert [int(words) * 4 for _, words in chart.scale] == [top * part for part in range(5)]
    assert top >= max((sum(pair) for pair in figures), default=0)
    for bar in chart.bars:
        assert bar.x >= LEFT
        assert bar.x + bar.width <= WIDTH - RIGHT
        assert TOP - 0.01 <= bar.y <= bar.y + bar.height <= HEIGHT - BOTTOM + 0.01
        figure = int(bar.words.rsplit(" ", 1)[1])
        assert bar.height == pytest.approx(figure / top * (HEIGHT - TOP - BOTTOM))
    assert len(chart.below) <= 8


def test_a_line_is_broken_where_there_is_nothing_to_tell() -> None:
    chart = share_chart(["a"], [("1", [0.5]), ("2", [None]), ("3", [1.0]), ("4", [0.0])])
    (line,) = chart.lines
    assert [len(piece) for piece in line.pieces] == [1, 2]
    assert [round(y) for piece in line.pieces for _, y, _ in piece] == [
        round((HEIGHT - BOTTOM + TOP) / 2), round(TOP), round(HEIGHT - BOTTOM),
    ]  # fmt: skip
    assert line.paths[1].startswith("M")


def test_no_cell_of_a_file_is_read_as_a_formula(clinic: Clinic) -> None:
    with clinic.app.test_request_context():
        text = spreadsheet("x", [["=1+1", "+1", "-1", "@a", "\tb", "plain", 3, -3]]).get_data(as_text=True)
    assert text == "\ufeff'=1+1,'+1,'-1,'@a,'\tb,plain,3,-3\r\n"
