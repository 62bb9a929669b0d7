"""An edition that cannot be trusted is refused by the name of what is wrong, and a build mends it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import EDITION_FILES

from index import Built, EditionError, edition_ids, load_edition, publish, read_manifest

Build = Callable[..., Built]


@pytest.mark.parametrize("name", [*EDITION_FILES, "corpus/clinic.toml"])
@pytest.mark.parametrize("damage", ["changed", "cut", "missing"])
def test_a_damaged_file_is_refused_by_its_name(corpus: Path, var: Path, build: Build, name: str, damage: str) -> None:
    (corpus / "clinic.toml").write_text('name = "The Lighthouse"\n')
    path = var / "editions" / build(corpus, var).edition_id / name
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(content[: len(content) // 2] if damage == "cut" else content[:-1] + b"\x00\x01")
    with pytest.raises(EditionError, match=f"{name}: damaged or missing; run: chatbot build"):
        load_edition(var)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "damaged"),
        ("{", "damaged"),
        ("[]", "edition format None"),
        ('{"format": 99}', "edition format 99, this program reads format"),
        ('{"format": FORMAT}', "damaged"),
        ('{"format": FORMAT, "files": null, "encoder": {}, "dimensions": 5, "fingerprint": ""}', "damaged"),
        ('{"format": FORMAT, "files": [], "encoder": [], "dimensions": 5, "fingerprint": ""}', "damaged"),
    ],
)
def test_a_damaged_manifest_is_refused_by_its_name(
    corpus: Path, var: Path, build: Build, content: str, message: str
) -> None:
    path = var / "editions" / build(corpus, var).edition_id / "manifest.json"
    number = json.loads(path.read_text())["format"]
    path.write_text(content.replace("FORMAT", str(number)))
    with pytest.raises(EditionError, match=rf"manifest\.json: .*{message}.*run: chatbot build"):
        load_edition(var)


def test_files_of_two_editions_are_not_mixed(corpus: Path, var: Path, build: Build) -> None:
    first = build(corpus, var).edition_id
    (corpus / "articles" / "parrots.md").unlink()
    second = build(corpus, var).edition_id
    shutil.copy(var / "editions" / first / "vectors.faiss", var / "editions" / second / "vectors.faiss")
    with pytest.raises(EditionError, match=r"vectors\.faiss: damaged or missing"):
        load_edition(var)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_an_edition_of_another_model_is_refused(corpus: Path, var: Path, build: Build, name: str) -> None:
    digest = read_manifest(var / "editions" / build(corpus, var).edition_id)["encoder"]["digest"]
    path = var / "models" / digest / name
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(EditionError, match=f"{digest}: the model has digest .*, expected {digest[:12]}; build again"):
        load_edition(var)
    path.unlink()
    with pytest.raises(EditionError, match=f"{digest}: no {name}; build again"):
        load_edition(var)


@pytest.mark.parametrize(
    ("pointer", "message"),
    [
        (None, "no edition is published; run: chatbot build"),
        (b"", "expected the id of an edition, found ''"),
        (b"../../etc", "expected the id of an edition"),
        (b"\xff\xfe", "cannot be read"),
        (b"20200101-000000-01234567\n", "there is no such edition"),
    ],
)
def test_a_pointer_that_points_at_nothing_is_refused(
    corpus: Path, var: Path, build: Build, pointer: bytes | None, message: str
) -> None:
    build(corpus, var)
    path = var / "editions" / "current"
    path.unlink()
    if pointer is not None:
        path.write_bytes(pointer)
    with pytest.raises(EditionError, match=message):
        load_edition(var)


def test_a_half_written_edition_is_not_an_edition(corpus: Path, var: Path, build: Build) -> None:
    built = build(corpus, var).edition_id
    half = var / "editions" / ".building-20990101-000000-01234567"
    half.mkdir()
    (half / "texts.sqlite").write_bytes(b"half")
    assert edition_ids(var) == [built]
    published = var / "editions" / "20990101-000000-01234567"
    half.rename(published)
    publish(var, published.name)
    with pytest.raises(EditionError, match=r"manifest\.json: there is no such edition"):
        load_edition(var)


def test_a_build_mends_what_is_damaged(corpus: Path, var: Path, build: Build) -> None:
    first = build(corpus, var).edition_id
    (var / "editions" / first / "vectors.faiss").write_bytes(b"")
    second = build(corpus, var)
    assert second.is_new
    assert load_edition(var).id == second.edition_id != first
