"""Build the report where there is no network: in a network namespace of its own, with nothing but loopback up.

    make offline

Kernels talk to the build over loopback. Without the right to make a namespace it says so and is skipped; with
REQUIRE_OFFLINE=1 that is a failure.
"""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from copies import check_own_code, copy_tree, environment, run

NAMESPACE = ["unshare", "--map-root-user", "--net"]
INSIDE = "--inside"
READ_FLAGS, WRITE_FLAGS, UP = 0x8913, 0x8914, 0x1  # SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP of Linux


def raise_loopback() -> None:
    """Bring `lo` up, as `ip link set lo up` does, which not every machine has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack_from("h", fcntl.ioctl(control, READ_FLAGS, request), 16)[0]
        fcntl.ioctl(control, WRITE_FLAGS, struct.pack("16sh14x", b"lo", flags | UP))


def why_not() -> str:
    """Return why no namespace can be made here, or nothing."""
    if not shutil.which("unshare"):
        return "there is no unshare on this machine"
    done = subprocess.run([*NAMESPACE, "true"], capture_output=True, text=True)
    return done.stderr.strip()


def build() -> None:
    """Build a copy of the tree; called inside the namespace."""
    interfaces = [name for _, name in socket.if_nameindex()]
    if interfaces != ["lo"]:
        sys.exit(f"This namespace reaches {', '.join(interfaces)}; the build would prove nothing.")
    raise_loopback()
    with tempfile.TemporaryDirectory() as scratch:
        copy = copy_tree(Path(scratch, "offline"))
        variables = environment(copy)
        check_own_code(copy, variables)
        started = time.perf_counter()
        run(["make", "report"], copy, variables)
        made = ", ".join(path.name for path in sorted((copy / "build").glob("report.[hp]*")))
        print(f"With only {interfaces[0]} up, {time.perf_counter() - started:.1f} s: {made}")


def main() -> None:
    """Go into a namespace and build there, or say why not."""
    if reason := why_not():
        print(f"Offline build skipped: {reason}")
        sys.exit(1 if os.environ.get("REQUIRE_OFFLINE") else 0)
    sys.exit(subprocess.run([*NAMESPACE, sys.executable, __file__, INSIDE]).returncode)


if __name__ == "__main__":
    build() if INSIDE in sys.argv else main()
