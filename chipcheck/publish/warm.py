"""Kernels forked from one process that has already imported what they import and read what they read.

A kernel that starts from nothing spends most of its time on both. `WarmProvisioner` is a provisioner of
jupyter_client, registered in pyproject.toml under the name `NAME`; Python's own fork server does the forking. Every
notebook still has a process to itself: what a notebook changes, no other sees.
"""

import os
import runpy
import sys
import threading
import warnings
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from chipcheck import paths

NAME = "chipcheck-warm"
POSSIBLE = sys.platform == "linux"  # elsewhere a fork of a process with these libraries may crash
_FORKS = get_context("forkserver") if POSSIBLE else None
_ONE_AT_A_TIME = threading.Lock()


def start() -> None:
    """Start the process from which kernels will be forked, where that is possible; it warms up while this one goes on.

    What libraries read from the environment while they are imported is set here too: every kernel has it.
    """
    if not POSSIBLE:
        return
    from multiprocessing import forkserver

    os.environ.update(paths.FONT_LIST)
    _FORKS.set_forkserver_preload(["chipcheck.publish.preload"])
    forkserver.ensure_running()


class Fork:
    """A forked kernel with the manners of `subprocess.Popen`, which jupyter_client expects."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        self.pid = process.pid

    def poll(self) -> int | None:
        """Return the exit status, None while it runs."""
        with _ONE_AT_A_TIME:
            return self._process.exitcode

    def wait(self) -> int | None:
        """Wait for its end and return the exit status."""
        self._process.join()
        return self.poll()

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def kill(self) -> None:
        """End it."""
        self._process.kill()


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel by a fork; all else is as for a kernel of this machine."""

    async def launch_kernel(self, cmd: list[str], **settings: Any) -> dict[str, Any]:
        """Start the kernel that `cmd` (python -m module arguments) would start, and return how to reach it."""
        if "-m" not in cmd:
            raise RuntimeError(f"a kernel is started as `python -m module`, not as {' '.join(cmd)}")
        module, *arguments = cmd[cmd.index("-m") + 1 :]
        folder, stderr = os.fspath(settings.get("cwd") or os.curdir), settings.get("stderr")
        asked = (module, arguments, settings["env"], folder, stderr and stderr.name)
        process = _FORKS.Process(target=_become, args=asked, daemon=True)
        with _ONE_AT_A_TIME:
            process.start()
        self.process, self.pid, self.pgid = Fork(process), process.pid, None
        return self.connection_info


def _become(module: str, arguments: list[str], environment: dict[str, str], folder: str, stderr: str | None) -> None:
    """Be, in a fork, what `python -m module arguments` would be in a process of its own."""
    import numpy as np

    from chipcheck import data

    os.setsid()
    end_with_the_build()
    os.environ.clear()
    os.environ.update(environment | {"JPY_PARENT_PID": str(os.getppid())})
    if sys.path[0] == str(Path.cwd()):
        del sys.path[0]  # where the build was started with `python -m`
    os.chdir(folder)
    if stderr:
        noise = os.open(stderr, os.O_WRONLY | os.O_APPEND)
        os.dup2(noise, sys.stderr.fileno())
        os.close(noise)
    np.random.seed()  # Python's own generator is seeded anew in each fork, NumPy's is not
    with warnings.catch_warnings():
        pass  # a warning that was shown or ignored before is due again
    data.read_nothing()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def end_with_the_build() -> None:
    """Have this process end when the build that asked for it is gone, however it went."""

    def wait() -> None:
        parent_process().join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
