"""Set-up fails in one clear sentence."""

import runpy
import subprocess
from pathlib import Path

import pytest

from chipcheck import paths

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
    for target in ("report", "html", "pdf", "lab", "test", "check", "bench", "refresh", "lock", "clean"):
        assert f"make {target} " in done.stdout


def test_locks_pin_hashes_and_name_no_registry():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (paths.ROOT / name).read_text().splitlines()
        assert not [line for line in lines if "://" in line or line.startswith("--index")]
        pins = [line for line in lines if "==" in line and not line.startswith((" ", "#"))]
        assert len(pins) > 100
        assert all(line.endswith("\\") for line in pins), "each pin is followed by its hashes"
