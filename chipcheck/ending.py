"""End a command in one sentence that says what is wrong and what was left as it was, never in a traceback."""

import errno
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

UNWRITABLE = {errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EPERM, errno.EDQUOT, errno.ENOTDIR}


@contextmanager
def ending(after: str, *expected: type[Exception]) -> Iterator[None]:
    """Run a command's main part; exit with one message for what a person can cause or mend.

    `expected` are the errors whose own message says all. Beside them come a disk that is full or cannot be written
    (the message names the file), too little memory, Ctrl-C and SIGTERM. `after` closes each message: what still
    stands. Anything else is a mistake of ours and keeps its traceback.
    """
    before = signal.signal(signal.SIGTERM, _terminated)
    try:
        yield
    except expected as error:
        sys.exit(f"\n{error}\n\n{after}")
    except OSError as error:
        sys.exit(f"\n{in_words(error)} {after}")
    except MemoryError:
        sys.exit(f"\nThere is too little memory. {after}")
    except KeyboardInterrupt as interrupt:
        sys.exit(f"\n{str(interrupt) or 'Interrupted.'} {after}")
    finally:
        signal.signal(signal.SIGTERM, before)


def in_words(error: OSError) -> str:
    """Return an error of the file system as a sentence that names the file.

    >>> in_words(OSError(errno.ENOSPC, "No space left on device", "build/report.html"))
    'Cannot write build/report.html: No space left on device.'
    """
    place = error.filename or f"a temporary file in {tempfile.gettempdir()}"
    verb = "write" if error.errno in UNWRITABLE else "use"
    return f"Cannot {verb} {place}: {error.strerror or error}."


def _terminated(*_: object) -> None:
    raise KeyboardInterrupt("Ended from outside.")
