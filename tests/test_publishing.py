"""Publishing: nothing unchecked goes out, and of two who work at once nobody's work is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread

import pytest
from fakes import SAMOVAR, article_text, write_corpus
from publications import check, edit, prepared, quoted

from chatbot import Job, Publication, Publishing, PublishRefused
from chatbot.safety import Screen
from corpus import CorpusError
from index import Built, current_id, edition_ids, load_edition

pytestmark = pytest.mark.usefixtures("legible", "remembering")


# From the draft to what is served.


def test_a_candidate_is_ready_and_nothing_is_served_until_it_is_published(
    publishing: Publishing, corpus: Path, var: Path, screen: Screen
) -> None:
    first = current_id(var)
    assert publishing.job() == Job("none")
    edit(corpus)
    job = prepared(publishing)
    assert publishing.job() == job
    assert (current_id(var), job.base, job.by, job.outdated) == (first, first, "Ana", "")
    assert job.report
    assert (job.report.passed, job.report.compared_with) == (True, first)
    assert job.report.asked[0] > 140
    done = publishing.publish(job.edition, "Ben")
    assert current_id(var) == job.edition
    assert "from above" in quoted(var, screen)
    assert (done.by, done.action, done.summary, done.current) == ("Ben", "publish", "1 article changed", True)
    assert publishing.job().state == "published"
    assert publishing.history()[0] == done
    assert not (var / "candidate" / "draft").exists()


def test_the_report_shows_every_known_question_whose_answer_changes(publishing: Publishing, corpus: Path) -> None:
    edit(corpus)
    report = prepared(publishing).report
    assert report
    (changed,) = report.changed
    assert changed.question == "How a samovar is filled"
    assert (changed.before.kind, changed.now.kind) == ("answer", "answer")
    assert "from the top" in changed.before.quotes[0][1]
    assert "from above" in changed.now.quotes[0][1]


def test_a_draft_without_a_change_is_not_published_again(publishing: Publishing, var: Path) -> None:
    job, problems = publishing.prepare("Ana")
    assert (job.state, job.edition) == ("unchanged", current_id(var))
    assert {problem.path.name for problem in problems} == {"clinic.toml"}
    with pytest.raises(PublishRefused, match="not the candidate any more"):
        publishing.publish(job.edition, "Ana")


def test_errors_of_the_draft_are_named_where_they_stand(publishing: Publishing, corpus: Path, var: Path) -> None:
    first = current_id(var)
    (corpus / "articles" / "bad.md").write_text("no front matter")
    with pytest.raises(CorpusError) as caught:
        publishing.prepare("Ana")
    assert str(caught.value).startswith(f"{corpus}/articles/bad.md:1: expected front matter")
    assert (publishing.job().state, publishing.job().error) == ("failed", str(caught.value))
    assert (current_id(var), edition_ids(var)) == (first, [first])


# The gate.


def test_a_failing_check_stops_publishing_and_a_reason_lets_it_through(
    publishing: Publishing, corpus: Path, var: Path
) -> None:
    first = current_id(var)
    check(corpus)
    edit(corpus)
    job = prepared(publishing)
    assert job.report
    (failure,) = job.report.checks
    assert (failure.ask, failure.note) == (SAMOVAR, "asked daily")
    assert failure.expected == "an answer samovars “from the top”"
    assert "from above" in failure.found
    for reason in ("", "  "):
        with pytest.raises(PublishRefused, match="1 check failed") as refused:
            publishing.publish(job.edition, "Ana", reason)
        assert refused.value.overridable
    assert current_id(var) == first
    publishing.publish(job.edition, "Ana", "the sentence was wrong")
    assert current_id(var) == job.edition
    assert publishing.history()[0].reason == "the sentence was wrong"


def test_a_failing_safety_message_stops_publishing_whatever_the_reason(
    publishing: Publishing, corpus: Path, var: Path, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = current_id(var)
    deaf = replace(screen, thresholds=dict.fromkeys(screen.thresholds, 1.1))
    monkeypatch.setattr("chatbot.editorial.candidate.load_screen", lambda: deaf)
    edit(corpus)
    job = prepared(publishing)
    assert job.report
    assert len(job.report.safety) >= 1
    assert not job.report.passed
    with pytest.raises(PublishRefused, match=r"safety messages? answered wrongly") as refused:
        publishing.publish(job.edition, "Ana", "I know better")
    assert not refused.value.overridable
    assert current_id(var) == first


# Two at once.


def test_a_draft_edited_since_is_told_and_the_edit_stays(publishing: Publishing, corpus: Path, var: Path) -> None:
    edit(corpus)
    job = prepared(publishing)
    edit(corpus, "from the side")
    assert publishing.job().outdated == "the draft was edited since"
    with pytest.raises(PublishRefused, match="the draft was edited since") as refused:
        publishing.publish(job.edition, "Ana")
    assert refused.value.overridable
    publishing.publish(job.edition, "Ana", "the other edit comes tomorrow")
    assert current_id(var) == job.edition
    assert "from the side" in (corpus / "articles" / "samovars.md").read_text()
    assert prepared(publishing).edition != job.edition


def test_an_edit_made_while_it_is_prepared_is_not_in_it(publishing: Publishing, corpus: Path, var: Path) -> None:
    edit(corpus)

    def meanwhile(step: str, done: int, total: int) -> None:
        edit(corpus, "from the side")

    job = publishing.prepare("Ana", progress=meanwhile)[0]
    assert publishing.job().outdated == "the draft was edited since"
    texts = load_edition(var, job.edition).texts
    article = texts.article("samovars")
    texts.close()
    assert article
    assert "from above" in article.body


def test_the_second_publisher_is_told(
    publishing: Publishing, corpus: Path, var: Path, build: Callable[..., Built]
) -> None:
    edit(corpus)
    mine = prepared(publishing)
    edit(corpus, "by Ben")
    theirs = build(corpus, var).edition_id
    edit(corpus)
    assert publishing.job().outdated == "another edition was published meanwhile"
    with pytest.raises(PublishRefused, match="another edition was published meanwhile") as refused:
        publishing.publish(mine.edition, "Ana", "never mind")
    assert not refused.value.overridable
    assert current_id(var) == theirs


def test_a_candidate_that_another_took_the_place_of_is_not_published(publishing: Publishing, corpus: Path) -> None:
    edit(corpus)
    first = prepared(publishing)
    edit(corpus, "from the side")
    second = prepared(publishing, "Ben")
    with pytest.raises(PublishRefused, match="not the candidate any more"):
        publishing.publish(first.edition, "Ana")
    publishing.publish(second.edition, "Ben")


def test_of_two_who_publish_at_once_one_does(corpus: Path, var: Path, publishing: Publishing) -> None:
    edit(corpus)
    job = prepared(publishing)
    barrier, done, told = Barrier(2), [], []

    def push(by: str) -> None:
        barrier.wait()
        try:
            done.append(Publishing(corpus, var).publish(job.edition, by))
        except PublishRefused as refused:
            told.append(str(refused))

    threads = [Thread(target=push, args=(by,)) for by in ("Ana", "Ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), len(told)) == (1, 1)
    assert [entry.edition for entry in publishing.history()] == [job.edition, job.base]


# As large as a clinic's library.


def test_a_thousand_articles_are_published(tmp_path: Path, screen: Screen) -> None:
    things = ("samovar", "lantern", "parrot", "violin", "dinghy")
    articles = {
        f"n{number:04}": article_text(
            f"## The {things[number % 5]} of {number}\n\nThe {things[number % 5]} of house {number} is painted blue.\n"
        )
        for number in range(1000)
    }
    articles["special"] = article_text(
        "## The violin and the dinghy\n\nEvery violin and every dinghy is kept in the attic.\n"
    )
    corpus, var = write_corpus(tmp_path / "corpus", **articles), tmp_path / "var"
    publishing = Publishing(corpus, var)
    publishing.publish(prepared(publishing).edition, "Ana")
    assert "Every violin and every dinghy is kept in the attic." in quoted(
        var, screen, "violin and dinghy in the attic"
    )
    (corpus / "articles" / "special.md").write_text(articles["special"].replace("the attic", "the cellar"))
    job = prepared(publishing)
    assert job.report
    assert job.report.passed_over > 0
    assert any("cellar" in str(each.now) for each in job.report.changed)
    done = publishing.publish(job.edition, "Ana")
    assert isinstance(done, Publication)
    assert done.summary == "1 article changed"
