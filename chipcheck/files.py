"""Write a file whole or not at all."""

import os
import tempfile
from pathlib import Path


def write_atomic(path: Path, content: bytes | str, made: int | None = None) -> None:
    """Write `content` to `path` so that no half-written file ever stands at that name.

    The bytes go to a neighbour with a hidden name first and are then renamed over the target, which is
    atomic within one file system. Text is written as UTF-8 with LF line ends. `made`, in nanoseconds since 1970, is
    the time the file shall carry: when its making began, so that Make sees a source that was edited meanwhile.
    """
    path = Path(path)
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _at(path, error) from None
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(0o644)  # mkstemp makes 0600; readers of a shared folder need to read it
        if made is not None:
            os.utime(temporary, ns=(made, made))
        Path(temporary).replace(path)
    except BaseException as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _at(path, error) from None
        raise


def _at(path: Path, error: OSError) -> OSError:
    """Return the same error naming the file that was to be written, not the neighbour with the hidden name."""
    return OSError(error.errno, error.strerror, str(path))
