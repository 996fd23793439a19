"""Make the virtual environment and install what a lock file lists. Standard library only.

    python3 tools/setup_env.py .venv requirements.txt

Says one clear sentence when the Python is too old or the packages cannot be had. A set-up that was interrupted starts
from nothing the next time.
"""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

NEEDED = (3, 11)
FINISHED = "finished"  # stands in the environment's folder except while a set-up runs


class Interrupted(SystemExit):
    """Pip was killed and may have left half of a package."""



def check_python(version: tuple[int, ...] = tuple(sys.version_info[:2])) -> None:
    """Stop with a sentence when this Python is too old."""
    if tuple(version) < NEEDED:
        found = ".".join(map(str, version))
        wanted = ".".join(map(str, NEEDED))
        sys.exit(f"This report needs Python {wanted} or newer, and this is {found}: try `make PYTHON=python{wanted}`.")


def pip(python: Path, *arguments: str) -> None:
    """Run pip quietly; stop with a sentence and its last line when it fails."""
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0:
        return
    lines = [line.strip() for line in done.stderr.splitlines() if "rror" in line] or ["pip said nothing"]
    last = lines[-1]
    if done.returncode < 0:
        raise Interrupted(f"The set-up was ended from outside (signal {-done.returncode}); run it again.")
    unreachable = ("Could not find a version", "No matching distribution", "Max retries", "Connection")
    if any(sign in done.stderr for sign in unreachable):
        sys.exit(f"The packages could not be downloaded; set-up, and only set-up, needs a package index. ({last})")
    sys.exit(f"The packages could not be installed. ({last})")


def make_environment(folder: Path) -> None:
    """Create the environment `folder` anew."""
    if folder.exists():
        shutil.rmtree(folder)
    try:
        venv.create(folder, with_pip=True)
    except (subprocess.CalledProcessError, OSError) as error:
        sys.exit(f"The environment could not be made; on Debian, install python3-venv. ({error})")


def install(folder: Path, lock: str) -> None:
    """Install what `lock` lists and this project, and let Matplotlib list the machine's fonts."""
    python = folder / "bin" / "python"
    pip(python, "--require-hashes", "-r", lock)
    pip(python, "--no-deps", "--no-build-isolation", "--editable", ".")
    if subprocess.run([str(python), "-c", "from chipcheck.publish import execute; execute.list_fonts()"]).returncode:
        sys.exit("The packages are installed, but Matplotlib could not list this machine's fonts.")


def main(folder: str, lock: str) -> None:
    """Bring the environment `folder` to what `lock` lists; the file `finished` in it says that it is whole.

    Pip takes a package for installed even if it was killed while it copied it. So an environment whose last set-up was
    killed is made anew; where pip failed by itself it undid what it had begun, and the environment stays.
    """
    check_python()
    finished = Path(folder) / FINISHED
    if not finished.exists():
        make_environment(Path(folder))
    was_whole = finished.exists()
    finished.unlink(missing_ok=True)
    print(f"Installing {lock} into {folder} (once, about a minute and a half) …", flush=True)
    try:
        install(Path(folder), lock)
    except Interrupted:
        raise
    except SystemExit:
        if was_whole:
            finished.touch()
        raise
    finished.touch()


if __name__ == "__main__":
    main(*sys.argv[1:])
