"""Make the virtual environment and install what a lock file lists. Standard library only.

    python3 tools/setup_env.py .venv requirements.txt

Says one clear sentence when the Python is too old or the packages cannot be had.
"""

import subprocess
import sys
import venv
from pathlib import Path

NEEDED = (3, 11)


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
    unreachable = ("Could not find a version", "No matching distribution", "Max retries", "Connection")
    if any(sign in done.stderr for sign in unreachable):
        sys.exit(f"The packages could not be downloaded; set-up, and only set-up, needs a package index. ({last})")
    sys.exit(f"The packages could not be installed. ({last})")


def main(folder: str, lock: str) -> None:
    """Create `folder` if it has no Python, then install the locked packages and this project."""
    check_python()
    python = Path(folder) / "bin" / "python"
    if not python.exists():
        try:
            venv.create(folder, with_pip=True)
        except (subprocess.CalledProcessError, OSError) as error:
            sys.exit(f"The environment could not be made; on Debian, install python3-venv. ({error})")
    print(f"Installing {lock} into {folder} (once, about a minute and a half) …", flush=True)
    pip(python, "--require-hashes", "-r", lock)
    pip(python, "--no-deps", "--no-build-isolation", "--editable", ".")


if __name__ == "__main__":
    main(*sys.argv[1:])
