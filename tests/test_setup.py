"""Set-up fails in one clear sentence."""

import runpy
import shlex
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from chipcheck import paths
from maintain import lock

TOOL = runpy.run_path(str(paths.ROOT / "tools" / "setup_env.py"))


def test_an_old_python_is_told_what_is_needed():
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer, and this is 3\.9"):
        TOOL["check_python"]((3, 9))


@pytest.mark.parametrize(
    ("stderr", "sentence"),
    [
        ("WARNING: Retrying\nERROR: Could not find a version that satisfies x", "could not be downloaded"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "could not be installed"),
        ("", "could not be installed"),
    ],
)
def test_a_failed_installation_is_one_sentence(monkeypatch, stderr, sentence):
    failed = subprocess.CompletedProcess([], 1, "", stderr)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    assert not TOOL["uv"](Path("nowhere/python"), "x"), "where uv cannot be had, pip says what is wrong"
    with pytest.raises(SystemExit, match=sentence) as error:
        TOOL["pip"](Path("python"), "x")
    assert "\n" not in str(error.value)


def test_make_alone_lists_every_target():
    done = subprocess.run(["make"], capture_output=True, text=True, cwd=paths.ROOT, check=True)
    targets = "report html pdf lab test check bench mutate repro doors offline interrupt refresh lock clean"
    for target in targets.split():
        assert f"make {target} " in done.stdout


def test_locks_pin_hashes_and_name_no_registry():
    for name in lock.LOCKS:
        lines = (paths.ROOT / name).read_text().splitlines()
        assert not [line for line in lines if "://" in line or line.startswith("--index")]
        pins = [line for line in lines if "==" in line and not line.startswith((" ", "#"))]
        assert len(pins) > 100
        assert all(line.endswith("\\") for line in pins), "each pin is followed by its hashes"


def test_uv_is_pinned_at_the_version_that_the_tests_lock_has():
    [pin] = [line for line in (paths.ROOT / "locks/setup.txt").read_text().splitlines() if "==" in line]
    assert pin in (paths.ROOT / "locks/test.txt").read_text().splitlines()


def test_the_short_requirements_install_the_project_for_pip_alone():
    lines = (paths.ROOT / "requirements.txt").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["-e ."]
    assert (paths.ROOT / "runtime.txt").read_text().strip() == "python-3.11"


def test_pips_indexes_become_uvs_but_for_folders_that_are_not_there(monkeypatch, tmp_path):
    """uv stops at a folder that is not there, and set-up then took pip's time without a word."""
    listed = f":env:.index-url='https://one/simple'\nglobal.extra-index-url='file://{tmp_path} file:///gone/simple'\n"
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, listed, ""))
    assert TOOL["indexes"](Path("python")) == {"UV_DEFAULT_INDEX": "https://one/simple", "UV_INDEX": f"file://{tmp_path}"}
    gone = "global.extra-index-url='file:///gone/simple'\n"
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, gone, ""))
    assert TOOL["indexes"](Path("python")) == {}


def test_where_uv_fails_pip_installs_everything_again(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setitem(TOOL["install"].__globals__, "uv", lambda *_: False)
    monkeypatch.setitem(TOOL["install"].__globals__, "pip", lambda _, *arguments: asked.append(arguments))
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, "", ""))
    TOOL["install"](tmp_path, "lock.txt")
    assert asked[0] == ("--force-reinstall", "--require-hashes", "-r", "lock.txt") and asked[1][-1] == "."


@pytest.mark.parametrize("number", ["INT", "TERM"])
def test_a_set_up_that_is_ended_says_one_sentence(number):
    script = f"import runpy, signal; runpy.run_path('tools/setup_env.py')['stop'](signal.SIG{number}, None)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=paths.ROOT)
    assert done.returncode == 1
    assert done.stderr == f"The set-up was ended from outside (SIG{number}); run it again.\n"


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """A folder with an environment in it, whose installation does nothing."""
    folder = tmp_path / "venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    (folder / "bin" / "python").chmod(0o755)
    (folder / "old").touch()
    monkeypatch.setattr(venv, "create", lambda path, with_pip: Path(path).mkdir())
    return folder


def set_up(monkeypatch, folder, stop=None):
    def install(*_):
        assert not (folder / TOOL["FINISHED"]).exists(), "it must not count while pip works"
        if stop:
            raise stop

    monkeypatch.setitem(TOOL["main"].__globals__, "install", install)
    TOOL["main"](str(folder), "locks/report.txt")


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), TOOL["Interrupted"]("killed")])
def test_an_interrupted_set_up_does_not_count_and_starts_from_nothing(environment, monkeypatch, stop):
    finished = environment / TOOL["FINISHED"]
    finished.touch()
    with pytest.raises(type(stop)):
        set_up(monkeypatch, environment, stop)
    assert not finished.exists() and (environment / "old").exists()
    set_up(monkeypatch, environment)
    assert finished.exists() and not (environment / "old").exists()


def test_a_whole_environment_is_kept_even_if_an_update_cannot_be_downloaded(environment, monkeypatch):
    (environment / TOOL["FINISHED"]).touch()
    with pytest.raises(SystemExit, match="no network"):
        set_up(monkeypatch, environment, SystemExit("no network"))
    set_up(monkeypatch, environment)
    assert (environment / TOOL["FINISHED"]).exists() and (environment / "old").exists()


def test_a_killed_pip_is_told_from_one_that_failed(monkeypatch):
    killed = subprocess.CompletedProcess([], -9, "", "")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: killed)
    with pytest.raises(TOOL["Interrupted"], match="signal 9"):
        TOOL["pip"](Path("python"), "x")


@pytest.mark.parametrize("lost", ["finished", "bin/python"])
def test_make_sets_up_again_where_the_last_set_up_did_not_finish_or_its_python_is_gone(tmp_path, lost):
    """The stamps may be newer than the locks and yet the packages half there, or the Python upgraded away."""
    stamps = [tmp_path / name for name in ("installed-report", "installed-test")]
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(paths.ROOT / ".venv" / "bin" / "python")
    for file in (*stamps, tmp_path / "finished"):
        file.touch()
    command = ["make", "-n", f"VENV={tmp_path}", "PY=.venv/bin/python", str(stamps[1])]
    for part, runs in ((None, 0), (lost, 2)):
        if part:
            (tmp_path / part).unlink()
            command[3] = f"PY={tmp_path}/bin/python" if part == "bin/python" else command[3]
        done = subprocess.run(command, capture_output=True, text=True, cwd=paths.ROOT, check=True)
        assert done.stdout.count("tools/setup_env.py") == runs


def test_an_environment_whose_python_is_gone_is_made_anew(environment, monkeypatch):
    (environment / TOOL["FINISHED"]).touch()
    (environment / "bin" / "python").unlink()
    (environment / "bin" / "python").symlink_to("gone")
    set_up(monkeypatch, environment)
    assert (environment / TOOL["FINISHED"]).exists() and not (environment / "old").exists()


PYPROJECT = (paths.ROOT / "pyproject.toml").read_text(encoding="utf-8")
LOCKS = {name: (paths.ROOT / name).read_text(encoding="utf-8") for name in lock.LOCKS}


def test_every_direct_dependency_is_locked_at_a_version_it_allows():
    stale = lock.stale(PYPROJECT, LOCKS)
    assert not stale, "\n".join([*stale, "run `make lock` and commit the result"])


@pytest.mark.parametrize(
    ("wanted", "instead", "said"),
    [
        ('"pandas>=3.0"', '"pandas>=99"', "locks/report.txt: pandas==3"),
        ('"pandas>=3.0"', '"polars>=1", "pandas>=3.0"', "locks/report.txt: polars is not pinned"),
        ('"pytest>=8.3"', '"pytest<8"', "locks/test.txt: pytest=="),
        ('"pandera[pandas]>=0.24"', '"Pandera[pandas]<0.1"', "locks/report.txt: Pandera=="),
    ],
)
def test_a_lock_that_pyproject_has_left_behind_is_named(wanted, instead, said):
    assert PYPROJECT.count(wanted) == 1
    stale = lock.stale(PYPROJECT.replace(wanted, instead), LOCKS)
    assert stale and all(line.startswith(("locks/report.txt: ", "locks/test.txt: ")) for line in stale)
    assert any(line.startswith(said) for line in stale)


def test_one_package_at_two_versions_is_named():
    torn = LOCKS | {"locks/test.txt": LOCKS["locks/test.txt"].replace("\npandas==3", "\npandas==4", 1)}
    assert any(line.startswith("locks/test.txt: pandas==4") for line in lock.stale(PYPROJECT, torn))
