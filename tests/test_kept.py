"""What is kept from build to build must never be found by anything but the very input it was made of."""

import os

import pytest

from chipcheck.publish import kept
from chipcheck.publish.markdown import Piece, convert


@pytest.fixture
def maker(tmp_path):
    """A function that makes results and notes of what it was asked to; its code and its library; a place to keep."""
    kept.keep_in(tmp_path / "kept")
    code = tmp_path / "code.py"
    code.write_text("1")
    asked = []

    def make(items):
        asked.append(items)
        return [f"made of {item}" for item in items]

    def each(items, libraries=("numpy",)):
        asked.clear()
        results = kept.each(make, items, [code], list(libraries))
        assert results == [f"made of {item}" for item in items]
        return [item for call in asked for item in call]

    yield each, code
    kept.keep_in(None)


def test_only_what_is_new_is_made(maker):
    each, _ = maker
    assert each(["a", "b"]) == ["a", "b"]
    assert each(["b", "c", "a"]) == ["c"]
    assert each(["a", "b", "c"]) == []


def test_other_code_makes_all_anew(maker):
    each, code = maker
    each(["a"])
    code.write_text("2")
    assert each(["a"]) == ["a"]


def test_another_version_of_a_library_makes_all_anew(maker, monkeypatch):
    each, _ = maker
    each(["a"])
    monkeypatch.setattr(kept, "version", lambda name: "0")
    assert each(["a"]) == ["a"]


def test_what_is_alike_but_not_the_same_is_told_apart(maker):
    each, _ = maker
    each([["a", "b"], "ab", 1])
    assert each([["ab"], ["a", "b"], "1", 1]) == [["ab"], "1"]


def test_a_damaged_result_is_made_anew(maker, tmp_path):
    each, _ = maker
    each(["a"])
    [file] = (tmp_path / "kept").iterdir()
    file.write_text('"made of')
    assert each(["a"]) == ["a"]
    assert each(["a"]) == []


def test_what_no_build_asks_for_any_more_goes(maker, tmp_path):
    each, _ = maker
    each(["a"])
    [old] = (tmp_path / "kept").iterdir()
    each(["b"])
    os.utime(old, (0, 0))
    kept.keep_in(tmp_path / "kept")
    assert each(["b"]) == [] and not old.exists()


def test_nothing_is_kept_before_it_is_said_where(maker, tmp_path):
    each, _ = maker
    kept.keep_in(None)
    assert each(["a"]) == ["a"] and each(["a"]) == ["a"]
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("to", ["html", "typst"])
def test_a_chapter_that_did_not_change_reads_as_if_all_were_converted_anew(tmp_path, to):
    """Pieces of chapters stand mixed in a report: those of its opening, and the names in its metadata."""
    pieces = [
        Piece("## One\n\nIt has 96 GB.", "02", "here"),
        Piece(["a *b*", "-5"], "data", "there"),
        Piece("## One", "02", "here"),
        Piece("## Two {#same}", "04", "there"),
    ]
    changed = [*pieces[:3], Piece("## Three", "04", "there")]
    plain = convert(changed, to)
    kept.keep_in(tmp_path)
    try:
        convert(pieces, to)
        before = len(list(tmp_path.iterdir()))
        assert convert(changed, to) == plain
        assert len(list(tmp_path.iterdir())) == before + 1
    finally:
        kept.keep_in(None)
