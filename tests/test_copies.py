"""The comparisons behind `make repro` and `make interrupt` must find a made difference, and say where it is."""

import signal
import subprocess
import sys

import pytest

from chipcheck import paths

sys.path.insert(0, str(paths.ROOT / "tools"))

import copies
import interrupt
import offline
import repro


@pytest.fixture
def pair(tmp_path):
    """Two folders with the same files."""
    for name in ("one", "other"):
        (tmp_path / name / "build" / "figures").mkdir(parents=True)
        (tmp_path / name / "build" / "report.pdf").write_bytes(b"%PDF " + b"x" * 1000)
        (tmp_path / name / "build" / "figures" / "a.svg").write_text("<svg/>")
    return tmp_path / "one", tmp_path / "other"


def test_equal_folders_have_no_difference(pair):
    assert copies.first_difference(*pair) is None


@pytest.mark.parametrize("offset", [0, 5, 612, 1004])
def test_one_other_byte_is_found_where_it_is(pair, offset):
    path = pair[1] / "build" / "report.pdf"
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    path.write_bytes(content)
    assert copies.first_difference(*pair).startswith(f"build/report.pdf, offset {offset}: ")


def test_a_file_that_is_cut_short_differs_at_its_end(pair):
    (pair[1] / "build" / "figures" / "a.svg").write_text("<svg")
    assert copies.first_difference(*pair) == "build/figures/a.svg, offset 4: b'<svg/>' against b'<svg'"


def test_a_file_that_only_one_has_is_named(pair):
    (pair[1] / "build" / "figures" / "b.svg").touch()
    assert copies.first_difference(*pair) == "build/figures/b.svg: only in other"
    assert copies.first_difference(*pair[::-1]) == "build/figures/b.svg: only in other"


def test_caches_and_the_environment_are_not_compared(pair):
    for name in (".venv", "__pycache__"):
        (pair[1] / name).mkdir()
        (pair[1] / name / "x").touch()
    assert copies.first_difference(*pair) is None


def test_a_copy_holds_new_files_and_runs_its_own_code(tmp_path):
    copy = copies.copy_tree(tmp_path / "发布 copy")
    assert (copy / "chipcheck" / "paths.py").exists() and not (copy / "build").exists()
    copies.check_own_code(copy, copies.environment(copy))


def test_without_git_the_same_files_are_copied(monkeypatch):
    """An unpacked archive has no `.git`, and a machine need not have git."""
    known = copies.listed()
    monkeypatch.setenv("PATH", "")
    without = copies.listed()
    assert set(known) <= set(without)
    assert not [name for name in without if name.startswith(("build/", ".venv/", ".git/"))]


def test_a_copy_that_would_run_other_code_is_refused(tmp_path):
    copy = copies.copy_tree(tmp_path / "copy")
    with pytest.raises(SystemExit, match="would run the code of"):
        copies.check_own_code(copy, copies.environment(copy, PYTHONPATH=str(paths.ROOT)))


def test_the_builds_have_nothing_in_common():
    *different, through = zip(*repro.BUILDS, strict=True)
    for values in different:
        assert len(set(values)) == len(repro.BUILDS)
    assert "" in through and any(through)  # kernels forked, and each of its own
    names = [name for name, *_ in repro.BUILDS]
    assert any(" " in name and any("\u4e00" <= char <= "\u9fff" for char in name) for name in names)


def test_a_locale_that_the_machine_lacks_is_named():
    assert repro.missing_locales(["C", "xx_YY.UTF-8"]) == ["xx_YY.UTF-8"]


def test_moments_are_the_same_for_a_seed_and_cover_rendering_and_both_signals():
    chosen = interrupt.moments(10, 7)
    assert chosen == interrupt.moments(10, 7) != interrupt.moments(10, 8)
    for rendering in (False, True):
        assert {moment.signal for moment in chosen if moment.rendering == rendering} == {signal.SIGKILL, signal.SIGINT}


def test_a_half_written_output_is_found(pair):
    """Files that are not there yet are fine after an interruption, cut ones and strange ones are not."""
    reference = interrupt.contents(pair[0])
    assert interrupt.faults(reference, reference, complete=True) == []
    (pair[0] / "build" / "report.pdf").write_bytes(b"%PDF xx")
    (pair[0] / "build" / "figures" / "a.svg").unlink()
    (pair[0] / "build" / ".report.html.x7").touch()
    found = interrupt.contents(pair[0])
    assert [text.partition(":")[0] for text in interrupt.faults(found, reference, complete=False)] == [
        "build/report.pdf, offset 7"
    ]
    assert "build/figures/a.svg: missing" in interrupt.faults(found, reference, complete=True)
    assert interrupt.faults({"build/new.txt": b""}, reference, complete=False) == [
        "build/new.txt: in no undisturbed build"
    ]


def test_a_process_that_stays_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(interrupt, "PATIENCE", 0.1)
    process = subprocess.Popen([sys.executable, "-c", "input()"], cwd=tmp_path, stdin=subprocess.PIPE)
    try:
        assert interrupt.left_over(tmp_path) == [process.pid]
    finally:
        process.communicate(b"\n")
    assert interrupt.left_over(tmp_path) == []


def test_an_offline_build_that_cannot_be_isolated_says_why(monkeypatch):
    monkeypatch.setattr(offline.shutil, "which", lambda _: None)
    assert offline.why_not() == "there is no unshare on this machine"


def test_an_offline_build_refuses_a_namespace_with_a_network(monkeypatch):
    monkeypatch.setattr(offline.socket, "if_nameindex", lambda: [(1, "lo"), (2, "eth0")])
    with pytest.raises(SystemExit, match="eth0"):
        offline.build()
