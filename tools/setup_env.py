"""Make the virtual environment and install what a lock file lists. Standard library only.

    python3 tools/setup_env.py .venv locks/report.txt

pip brings uv, pinned with its hash, and uv installs the lock: a sixth of the time. Where there is no uv for the
machine, or uv fails, pip does it. Says one clear sentence when the Python is too old, the packages cannot be had or the
set-up is ended. A set-up that was interrupted starts from nothing the next time.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import venv
from pathlib import Path
from urllib.parse import unquote, urlsplit

NEEDED = (3, 11)
FINISHED = "finished"  # stands in the environment's folder except while a set-up runs
BRINGS_UV = Path(__file__).resolve().parent.parent / "locks" / "setup.txt"
ENDED = "The set-up was ended from outside ({}); run it again."
UNREACHABLE = ("Could not find a version", "No matching distribution", "Max retries", "Connection")


class Interrupted(SystemExit):
    """The set-up was ended and may have left half of a package."""


def check_python(version: tuple[int, ...] = tuple(sys.version_info[:2])) -> None:
    """Stop with a sentence when this Python is too old."""
    if tuple(version) < NEEDED:
        found = ".".join(map(str, version))
        wanted = ".".join(map(str, NEEDED))
        sys.exit(f"This report needs Python {wanted} or newer, and this is {found}: try `make PYTHON=python{wanted}`.")


def run(command: list[str], environment: dict[str, str] | None = None) -> subprocess.CompletedProcess:
    """Run an installer and return what came of it; raise `Interrupted` when a signal ended it."""
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(environment or {})})
    if done.returncode < 0:
        raise Interrupted(ENDED.format(f"signal {-done.returncode}"))
    return done


def pip(python: Path, *arguments: str) -> None:
    """Run pip quietly; stop with a sentence and its last line when it fails."""
    done = run([str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", *arguments])
    if done.returncode == 0:
        return
    lines = [line.strip() for line in done.stderr.splitlines() if "rror" in line] or ["pip said nothing"]
    last = lines[-1]
    if any(sign in done.stderr for sign in UNREACHABLE):
        sys.exit(f"The packages could not be downloaded; set-up, and only set-up, needs a package index. ({last})")
    sys.exit(f"The packages could not be installed. ({last})")


def uv(python: Path, *arguments: str) -> bool:
    """Let uv install; return whether it did. Packages come from where pip is told to look for them."""
    found = python.parent / "uv"
    if not found.exists():
        once = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "--retries", "1", "install"]
        if run([*once, "--only-binary", ":all:", "--require-hashes", "-r", str(BRINGS_UV)]).returncode:
            return False
    command = [str(found), "--quiet", "--no-config", "pip", "install", "--python", str(python)]
    # As pip does, look in every index; the hashes say which file is the right one
    return run([*command, "--index-strategy", "unsafe-best-match", *arguments], indexes(python)).returncode == 0


def indexes(python: Path) -> dict[str, str]:
    """Return pip's package indexes as uv's settings, where pip was told of any."""
    listed = run([str(python), "-m", "pip", "config", "list"]).stdout
    names = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX"}
    found = {}
    for name, value in re.findall(r"^[^=\s]*\.((?:extra-)?index-url)='(.*)'$", listed, re.MULTILINE):
        there = [one for one in value.replace("\\n", " ").split() if is_there(one)]
        if there:
            found[names[name]] = " ".join(there)
    return found


def is_there(index: str) -> bool:
    """Say whether a package index can be asked: pip passes over a folder that is not there, uv stops at it."""
    place = urlsplit(index)
    return place.scheme != "file" or Path(unquote(place.path)).is_dir()


def make_environment(folder: Path) -> None:
    """Create the environment `folder` anew."""
    try:
        if folder.exists():
            shutil.rmtree(folder)
        venv.create(folder, with_pip=True)
    except (subprocess.CalledProcessError, OSError) as error:
        sys.exit(f"The environment could not be made; on Debian, install python3-venv. ({error})")


def install(folder: Path, lock: str) -> None:
    """Install what `lock` lists and this project, and let Matplotlib list the machine's fonts."""
    python = folder / "bin" / "python"
    if not uv(python, "--require-hashes", "-r", lock):
        print("uv could not install it here; pip does, which takes longer …", flush=True)
        pip(python, "--force-reinstall", "--require-hashes", "-r", lock)  # uv may have left half of a package
    pip(python, "--no-deps", "--no-build-isolation", "--editable", ".")
    ask_nothing(folder)
    if subprocess.run([str(python), "-c", "from chipcheck.publish import execute; execute.list_fonts()"]).returncode:
        sys.exit("The packages are installed, but Matplotlib could not list this machine's fonts.")


def ask_nothing(folder: Path) -> None:
    """Keep JupyterLab from asking about news and updates: the only things that would use the network."""
    settings = folder / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    notices = {"fetchNews": "false", "checkForUpdates": False}
    settings.write_text(json.dumps({"@jupyterlab/apputils-extension:notification": notices}) + "\n")


def is_whole(folder: Path) -> bool:
    """Say whether the last set-up of `folder` came to its end and its Python still runs, with its packages."""
    if not (folder / FINISHED).exists():
        return False
    probe = "import importlib.util, sys; sys.exit(importlib.util.find_spec('pandas') is None)"
    try:
        return subprocess.run([folder / "bin" / "python", "-c", probe], capture_output=True).returncode == 0
    except OSError:
        return False


def main(folder: str, lock: str) -> None:
    """Bring the environment `folder` to what `lock` lists; the file `finished` in it says that it is whole.

    An installer takes a package for installed even if it was killed while it copied it. So an environment whose last
    set-up was killed is made anew; where pip failed by itself it undid what it had begun, and the environment stays.
    """
    check_python()
    finished = Path(folder) / FINISHED
    was_whole = is_whole(Path(folder))
    print(f"Installing {lock} into {folder} (once, about half a minute) …", flush=True)
    if not was_whole:
        make_environment(Path(folder))
    finished.unlink(missing_ok=True)
    try:
        install(Path(folder), lock)
    except Interrupted:
        raise
    except SystemExit:
        if was_whole:
            finished.touch()
        raise
    finished.touch()


def stop(number: int, _: object) -> None:
    """End the set-up in one sentence, whatever it is doing."""
    raise Interrupted(ENDED.format(signal.Signals(number).name))


if __name__ == "__main__":
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, stop)
    main(*sys.argv[1:])
