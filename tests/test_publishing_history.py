"""The history of what was published, what each step changed, and the way back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from fakes import PARROTS, article_text
from publications import edit, prepared

from chatbot import Publishing, PublishRefused
from index import EditionError, current_id, edition_ids, publish

pytestmark = pytest.mark.usefixtures("legible", "remembering")


def test_the_way_back_needs_a_reason_and_a_good_edition(publishing: Publishing, corpus: Path, var: Path) -> None:
    edit(corpus)
    job = prepared(publishing)
    with pytest.raises(PublishRefused, match="never published"):
        publishing.rollback(job.edition, "Ana", "skip the gate")
    publishing.publish(job.edition, "Ana")
    for edition, reason, message in (
        (job.base, " ", "say why"),
        ("20200101-000000-00000000", "x", "never published"),
        ("../../etc", "x", "never published"),
        (job.edition, "x", "serves already"),
    ):
        with pytest.raises(PublishRefused, match=message):
            publishing.rollback(edition, "Ana", reason)
    done = publishing.rollback(job.base, "Ben", "a wrong sentence")
    assert current_id(var) == job.base
    assert [(each.action, each.by, each.reason, each.current) for each in publishing.history()] == [
        ("rollback", "Ben", "a wrong sentence", True), ("publish", "Ana", "", False), ("publish", "", "", False),
    ]  # fmt: skip
    assert done == publishing.history()[0]
    (var / "editions" / job.edition / "vectors.faiss").write_bytes(b"")
    with pytest.raises(PublishRefused, match="damaged"):
        publishing.rollback(job.edition, "Ana", "forward")
    assert current_id(var) == job.base


def test_editions_from_before_the_history_are_in_it(var: Path, publishing: Publishing) -> None:
    first = current_id(var)
    shutil.copytree(var / "editions" / first, var / "editions" / "20200101-000000-01234567")
    assert [(each.edition, each.current) for each in publishing.history()] == [
        (first, True), ("20200101-000000-01234567", False),
    ]  # fmt: skip


def test_a_damaged_line_of_the_history_costs_only_itself(publishing: Publishing, corpus: Path, var: Path) -> None:
    edit(corpus)
    job = prepared(publishing)
    publishing.publish(job.edition, "Ana")
    path = var / "editions" / "history.jsonl"
    path.write_text(path.read_text() + '{"edition": "2026\xff')
    assert [each.edition for each in publishing.history()] == [job.edition, job.base]
    publishing.rollback(job.base, "Ana", "back")
    assert len([json.loads(line) for line in path.read_text().splitlines()]) == 3


def test_candidates_that_nobody_published_push_no_edition_out(publishing: Publishing, corpus: Path, var: Path) -> None:
    first = current_id(var)
    for number in range(4):
        edit(corpus, f"from side {number}")
        last = prepared(publishing).edition
        assert edition_ids(var) == sorted({first, last})
    publishing.publish(last, "Ana")
    assert edition_ids(var) == [first, last]


def test_what_is_different_between_two_editions_reads_well(publishing: Publishing, corpus: Path, var: Path) -> None:
    edit(corpus)
    (corpus / "articles" / "parrots.md").unlink()
    (corpus / "articles" / "dinghies.md").write_text(article_text("A dinghy is rowed.", "Dinghies"))
    (corpus / "clinic.toml").write_text('name = "The Lighthouse"\n')
    (corpus / "questions").mkdir()
    (corpus / "questions" / "some.toml").write_text('[[example]]\nkind = "offtopic"\nquestions = ["which bus"]\n')
    job = prepared(publishing)
    found = publishing.changes(job.base, job.edition)
    assert found.summary == "1 article changed, 1 added, 1 removed, 1 example question, 1 sentence or setting"
    assert [(each.id, each.change) for each in found.articles] == [
        ("dinghies", "added"), ("parrots", "removed"), ("samovars", "changed"),
    ]  # fmt: skip
    changed = [each for each in found.articles[2].paragraphs if each.kind != "kept"]
    assert [(each.old, each.new) for each in changed] == [
        ("A samovar is filled from the top. The lid goes on afterwards.",
         "A samovar is filled from above. The lid goes on afterwards."),
    ]  # fmt: skip
    assert found.articles[1].before.endswith(PARROTS.split("---\n", 2)[2])
    assert (found.examples[0].question, found.examples[0].before, found.examples[0].now) == (
        "which bus",
        "",
        "offtopic",
    )
    assert (found.wording[0].key, found.wording[0].before, found.wording[0].now) == ("name", "", "The Lighthouse")
    assert publishing.changes(job.edition, job.edition).summary == "nothing"
    with pytest.raises(EditionError):
        publishing.changes("", "20200101-000000-00000000")
    assert publishing.changes("20200101-000000-00000000", job.edition) == publishing.changes("", job.edition)


def test_a_pointer_changed_by_hand_is_served_and_marked(publishing: Publishing, corpus: Path, var: Path) -> None:
    edit(corpus)
    job = prepared(publishing)
    publishing.publish(job.edition, "Ana")
    publish(var, job.base)
    assert [(each.edition, each.current) for each in publishing.history()] == [(job.edition, False), (job.base, True)]
