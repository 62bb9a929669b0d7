"""Publishing: nothing unchecked goes out, nobody's work is lost, and whatever is interrupted can be tried again."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread

import pytest
from click.testing import CliRunner, Result
from conftest import ROOT
from fakes import PARROTS, SAMOVARS, article_text, write_corpus

from chatbot import Busy, Chatbot, Job, Publication, Publishing, PublishRefused, cli
from chatbot.editorial.known import RememberingScreen
from chatbot.safety import Screen
from corpus import CorpusError
from index import Built, EditionError, current_id, edition_ids, load_edition, publish

pytestmark = pytest.mark.usefixtures("legible")
SAMOVAR = "How is a samovar filled?"


@pytest.fixture(scope="module")
def remembering(screen: Screen) -> Screen:
    """The shipped screen; what it heard of the safety set once, it does not need to hear for every test."""
    return RememberingScreen.of(screen)


@pytest.fixture(autouse=True)
def _screen(remembering: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatbot.editorial.candidate.load_screen", lambda: remembering)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus")


@pytest.fixture
def var(tmp_path: Path, small_var: Path) -> Path:
    """A var folder in which ``corpus`` is published."""
    return Path(shutil.copytree(small_var, tmp_path / "var"))


@pytest.fixture
def publishing(corpus: Path, var: Path) -> Publishing:
    return Publishing(corpus, var)


@pytest.fixture
def beside(corpus: Path, var: Path, words_encoder: Path) -> Callable[[str], Publishing]:
    """Publishing in a process of its own, in which something goes wrong (see tests/preparing.py)."""
    script = str(ROOT / "tests" / "preparing.py")
    return lambda trouble: Publishing(corpus, var, (sys.executable, script, str(words_encoder), trouble))


def edit(corpus: Path, words: str = "from above") -> None:
    (corpus / "articles" / "samovars.md").write_text(SAMOVARS.replace("from the top", words))


def prepared(publishing: Publishing, by: str = "Ana") -> Job:
    job = publishing.prepare(by)[0]
    assert job.state == "ready"
    return job


def waited(publishing: Publishing, until: Callable[[Job], bool] = lambda job: job.state != "running") -> Job:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if until(job := publishing.job()):
            return job
        time.sleep(0.05)
    raise AssertionError(f"still {publishing.job()}")


def quoted(var: Path, screen: Screen, question: str = SAMOVAR) -> str:
    edition = load_edition(var)
    quotes = Chatbot.of(edition, screen).reply(question).quotes
    edition.texts.close()
    return "\n".join(quote.text for quote in quotes)


def check(corpus: Path, quote: str = "from the top", ask: str = SAMOVAR) -> None:
    (corpus / "checks.toml").write_text(
        f'[[check]]\nask = "{ask}"\nexpect = "answer"\narticle = "samovars"\nquote = "{quote}"\nnote = "asked daily"\n'
    )


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


# In a process of its own, and what becomes of it when it is stopped.


def test_a_process_of_its_own_prepares_and_says_how_far_it_is(
    beside: Callable[[str], Publishing], corpus: Path, var: Path
) -> None:
    edit(corpus)
    publishing = beside("nothing")
    assert (publishing.start("Ana").state, publishing.job().step) == ("running", "starting")
    with pytest.raises(Busy, match="being prepared just now"):
        beside("nothing").start("Ben")
    with pytest.raises(PublishRefused, match="being prepared just now"):
        publishing.publish(current_id(var), "Ben")
    job = waited(publishing)
    assert (job.state, job.by, job.error) == ("ready", "Ana", "")
    publishing.publish(job.edition, "Ana")
    assert current_id(var) == job.edition


def test_a_preparing_process_that_is_killed_is_told_and_the_next_one_works(
    beside: Callable[[str], Publishing], corpus: Path, var: Path
) -> None:
    first = current_id(var)
    edit(corpus)
    hanging = beside("hang")
    hanging.start("Ana")
    waited(hanging, lambda _: (var / "hanging").exists())
    assert hanging.job().step == "embedding passages"
    with pytest.raises(Busy):
        Publishing(corpus, var).prepare("Ben")
    killed = [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _runs(entry, var)]
    assert len(killed) == 1
    os.kill(killed[0], signal.SIGKILL)
    job = waited(hanging)
    assert (job.state, job.error) == ("failed", "it stopped before it was done; begin again")
    assert current_id(var) == first
    again = beside("nothing")
    again.start("Ana")
    assert waited(again).state == "ready"
    assert [path.name for path in (var / "editions").glob(".*")] == []
    again.publish(again.job().edition, "Ana")


def _runs(process: Path, var: Path) -> bool:
    try:
        return f"--var={var}" in (process / "cmdline").read_text().split("\0")
    except OSError:
        return False


def test_a_process_that_cannot_begin_is_told(corpus: Path, var: Path) -> None:
    broken = Publishing(corpus, var, (sys.executable, "-c", "raise SystemExit('no such thing')"))
    broken.start("Ana")
    job = waited(broken)
    assert job.state == "failed"
    assert "it stopped with code 1 before it began" in job.error
    assert (var / "candidate" / "output.txt").read_text() == "no such thing\n"


@pytest.mark.parametrize("size", ["600", "3000", "9000"])
def test_a_full_disk_while_it_is_prepared_loses_nothing(
    beside: Callable[[str], Publishing], corpus: Path, var: Path, size: str
) -> None:
    first = current_id(var)
    edit(corpus)
    draft = (corpus / "articles" / "samovars.md").read_text()
    full = beside(size)
    full.start("Ana")
    assert waited(full).state == "failed"
    assert (current_id(var), edition_ids(var)) == (first, [first])
    assert (corpus / "articles" / "samovars.md").read_text() == draft
    load_edition(var).texts.close()
    again = beside("nothing")
    again.start("Ana")
    job = waited(again)
    assert again.publish(job.edition, "Ana").edition == current_id(var) == job.edition


def in_child(work: Callable[[], None]) -> int:
    """Run in a forked child: 0 when it went well, minus the signal when it was killed, else 1."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def steps_below(var: Path, last: int) -> None:
    """Kill this process at the ``last`` time that it opens for writing, renames or removes something below ``var``."""
    count = 0

    def hook(event: str, given: tuple[object, ...]) -> None:
        nonlocal count
        writes = event == "open" and isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if (writes or event in ("os.rename", "os.remove")) and any(str(each).startswith(str(var)) for each in given):
            count += 1
            if count == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def test_a_publish_that_is_killed_at_any_step_leaves_a_good_edition_and_can_be_tried_again(
    publishing: Publishing, corpus: Path, var: Path, tmp_path: Path
) -> None:
    edit(corpus)
    job = prepared(publishing)
    served, step = [], 0
    while True:
        step += 1
        place = Path(shutil.copytree(var, tmp_path / f"var-{step}"))
        mine = Publishing(corpus, place)

        def killed(mine: Publishing = mine, place: Path = place, step: int = step) -> None:
            steps_below(place, step)
            mine.publish(job.edition, "Ana")

        ended = in_child(killed)
        load_edition(place).texts.close()
        serves = current_id(place)
        served.append(serves)
        expected = [job.base] if serves == job.base else [job.edition, job.base]
        assert [entry.edition for entry in mine.history()] == expected, f"step {step}"
        assert mine.history()[0].current
        if serves == job.base:
            mine.publish(job.edition, "Ben")
        assert [(entry.edition, entry.current) for entry in mine.history()] == [(job.edition, True), (job.base, False)]
        assert mine.rollback(job.base, "Ben", "back").edition == current_id(place)
        assert len((place / "editions" / "history.jsonl").read_text().splitlines()) == 3
        shutil.rmtree(place)
        if ended != -signal.SIGKILL:
            assert ended == 0
            break
    assert step > 6, "a publish has more steps than were seen"
    assert served == sorted(served, key=[job.base, job.edition].index), "the old edition, and then the new one"
    assert {job.base, job.edition} == set(served)


@pytest.fixture
def no_room() -> Iterator[Callable[[int], None]]:
    """Sets the size that no file of this process may exceed."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("size", [0, 10, 200])
def test_a_full_disk_while_it_is_published_loses_nothing(
    publishing: Publishing, corpus: Path, var: Path, no_room: Callable[[int], None], size: int
) -> None:
    edit(corpus)
    job = prepared(publishing)
    publishing.publish(job.edition, "Ana")
    publishing.rollback(job.base, "Ana", "to make the history longer")
    publishing.rollback(job.edition, "Ana", "to make it longer still")
    history = publishing.history()
    no_room(size)
    with pytest.raises(OSError, match="File too large"):
        publishing.rollback(job.base, "Ben", "no room")
    no_room(resource.RLIM_INFINITY)
    if current_id(var) == job.edition:
        assert publishing.history() == history
        publishing.rollback(job.base, "Ben", "no room")
    assert current_id(var) == job.base
    assert [entry.edition for entry in publishing.history()] == [job.base, *(entry.edition for entry in history)]


# The history, and the way back.


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


# The command line.


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(cli.main, [str(each) for each in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_the_command_line_publishes_and_goes_back(corpus: Path, var: Path) -> None:
    folders = ("--corpus", corpus, "--var", var)
    first = current_id(var)
    assert "no candidate is ready" in run("publish", *folders).stderr
    check(corpus)
    edit(corpus)
    refused = run("build", *folders)
    assert refused.exit_code == 1
    assert f"failed: {SAMOVAR!r}: expected an answer samovars “from the top”" in refused.stderr
    assert refused.stderr.endswith("give a reason to publish all the same\n")
    assert current_id(var) == first
    assert run("prepare", *folders).exit_code == 1
    assert run("publish", "--yes", *folders).exit_code == 1
    done = run("publish", "--yes", "--reason", "so be it", *folders)
    second = current_id(var)
    assert done.stdout.splitlines()[-1] == f"published edition {second}"
    assert second != first
    assert run("rollback", first, "--reason", "no", *folders).exit_code == 0
    assert current_id(var) == first
    assert [line[:30].split()[0] for line in run("editions", *folders).stdout.splitlines()] == ["*", second, first]
    assert "so be it" in run("editions", *folders).stdout
    assert run("build", "--reason", "again", *folders).exit_code == 0


def test_the_command_line_teaches_what_the_next_build_knows(corpus: Path, var: Path, screen: Screen) -> None:
    folders = ("--corpus", corpus, "--var", var)
    quote = "A lantern needs oil, and it burns all night."
    assert run("teach", "a macaw", "--article", "samovars", *folders).exit_code == 2
    for question in ("what of the macaw", "macaw, a macaw", "macaws"):
        assert run("teach", question, "--article", "samovars", "--quote", quote, *folders).exit_code == 0
    wrong = run("teach", "x", "--article", "samovars", "--quote", "Not there.", *folders)
    assert (wrong.exit_code, wrong.stderr.count("\n")) == (1, 1)
    chosen = CliRunner().invoke(cli.main, ["teach", "urn", *map(str, folders)], input="1\n")
    assert "A samovar is filled from the top.  (samovars)" in chosen.stdout
    assert run("build", *folders).exit_code == 0
    assert quote in quoted(var, screen, "what of the macaw")


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


def test_a_pointer_changed_by_hand_is_served_and_marked(publishing: Publishing, corpus: Path, var: Path) -> None:
    edit(corpus)
    job = prepared(publishing)
    publishing.publish(job.edition, "Ana")
    publish(var, job.base)
    assert [(each.edition, each.current) for each in publishing.history()] == [(job.edition, False), (job.base, True)]
