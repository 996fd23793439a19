"""Set-up fails in one clear sentence."""

import runpy
import subprocess
import venv
from pathlib import Path

import pytest

from chipcheck import paths
from chipcheck.checks import lock

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
    with pytest.raises(SystemExit, match=sentence) as error:
        TOOL["pip"](Path("python"), "x")
    assert "\n" not in str(error.value)


def test_make_alone_lists_every_target():
    done = subprocess.run(["make"], capture_output=True, text=True, cwd=paths.ROOT, check=True)
    targets = "report html pdf lab test check bench mutate repro offline interrupt refresh lock clean"
    for target in targets.split():
        assert f"make {target} " in done.stdout


def test_locks_pin_hashes_and_name_no_registry():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (paths.ROOT / name).read_text().splitlines()
        assert not [line for line in lines if "://" in line or line.startswith("--index")]
        pins = [line for line in lines if "==" in line and not line.startswith((" ", "#"))]
        assert len(pins) > 100
        assert all(line.endswith("\\") for line in pins), "each pin is followed by its hashes"


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """A folder with an environment in it, whose installation does nothing."""
    folder = tmp_path / "venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    (folder / "old").touch()
    monkeypatch.setattr(venv, "create", lambda path, with_pip: Path(path).mkdir())
    return folder


def set_up(monkeypatch, folder, stop=None):
    def install(*_):
        assert not (folder / TOOL["FINISHED"]).exists(), "it must not count while pip works"
        if stop:
            raise stop

    monkeypatch.setitem(TOOL["main"].__globals__, "install", install)
    TOOL["main"](str(folder), "requirements.txt")


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


def test_make_sets_up_again_where_the_last_set_up_did_not_finish(tmp_path):
    """The stamps may be newer than the locks and yet the packages half there."""
    stamps = [tmp_path / name for name in ("installed-report", "installed-test")]
    for stamp in stamps:
        stamp.touch()
    command = ["make", "-n", f"VENV={tmp_path}", str(stamps[1])]
    for finished, runs in ((False, 2), (True, 0)):
        if finished:
            (tmp_path / "finished").touch()
        done = subprocess.run(command, capture_output=True, text=True, cwd=paths.ROOT, check=True)
        assert done.stdout.count("tools/setup_env.py") == runs


PYPROJECT = (paths.ROOT / "pyproject.toml").read_text(encoding="utf-8")
LOCKS = {name: (paths.ROOT / name).read_text(encoding="utf-8") for name in lock.LOCKS}


def test_every_direct_dependency_is_locked_at_a_version_it_allows():
    stale = lock.stale(PYPROJECT, LOCKS)
    assert not stale, "\n".join([*stale, "run `make lock` and commit the result"])


@pytest.mark.parametrize(
    ("wanted", "instead", "said"),
    [
        ('"pandas>=3.0"', '"pandas>=99"', "requirements.txt: pandas==3"),
        ('"pandas>=3.0"', '"polars>=1", "pandas>=3.0"', "requirements.txt: polars is not pinned"),
        ('"pytest>=8.3"', '"pytest<8"', "requirements-dev.txt: pytest=="),
        ('"pandera[pandas]>=0.24"', '"Pandera[pandas]<0.1"', "requirements.txt: Pandera=="),
    ],
)
def test_a_lock_that_pyproject_has_left_behind_is_named(wanted, instead, said):
    assert PYPROJECT.count(wanted) == 1
    stale = lock.stale(PYPROJECT.replace(wanted, instead), LOCKS)
    assert stale and all(line.startswith(("requirements.txt: ", "requirements-dev.txt: ")) for line in stale)
    assert any(line.startswith(said) for line in stale)


def test_one_package_at_two_versions_is_named():
    torn = LOCKS | {"requirements-dev.txt": LOCKS["requirements-dev.txt"].replace("\npandas==3", "\npandas==4", 1)}
    assert any(line.startswith("requirements-dev.txt: pandas==4") for line in lock.stale(PYPROJECT, torn))
