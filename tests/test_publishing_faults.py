"""Publishing is killed, or finds no room: nothing is lost, and it can be tried again."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from children import die_at, in_child
from conftest import ROOT
from publications import edit, prepared

from chatbot import Busy, Job, Publishing, PublishRefused
from index import current_id, edition_ids, load_edition

pytestmark = pytest.mark.usefixtures("legible", "remembering")


@pytest.fixture
def beside(corpus: Path, var: Path, words_encoder: Path) -> Callable[[str], Publishing]:
    """Publishing in a process of its own, in which something goes wrong (see tests/preparing.py)."""
    script = str(ROOT / "tests" / "preparing.py")
    return lambda trouble: Publishing(corpus, var, (sys.executable, script, str(words_encoder), trouble))


def waited(publishing: Publishing, until: Callable[[Job], bool] = lambda job: job.state != "running") -> Job:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if until(job := publishing.job()):
            return job
        time.sleep(0.05)
    raise AssertionError(f"still {publishing.job()}")


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
            die_at(step, place, ("os.rename", "os.remove"))
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
