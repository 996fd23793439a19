"""A command ends in one sentence that names the file and says what still stands."""

import errno
import os
import signal

import pytest

from chipcheck import facts, files
from chipcheck.ending import ending
from chipcheck.publish import merge
from chipcheck.publish.errors import PublishError


def said(raised, expected=()):
    with pytest.raises(SystemExit) as end, ending("The report was not changed.", *expected):
        raise raised
    return str(end.value)


@pytest.mark.parametrize(
    ("raised", "wanted"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "build/x"), "Cannot write build/x: No space left on device."),
        (OSError(errno.EROFS, "Read-only file system", "build/x"), "Cannot write build/x: Read-only file system."),
        (OSError(errno.ENOSPC, "No space left on device"), "Cannot write a temporary file in "),
        (MemoryError(), "There is too little memory."),
        (KeyboardInterrupt(), "Interrupted."),
        (PublishError("05-x.ipynb: a fault"), "05-x.ipynb: a fault"),
    ],
)
def test_what_a_person_can_mend_is_one_message(raised, wanted):
    text = said(raised=raised, expected=(PublishError,))
    assert text.startswith("\n" + wanted) and text.endswith("The report was not changed.")


def test_our_own_mistakes_keep_their_traceback():
    with pytest.raises(ZeroDivisionError), ending("…"):
        raise ZeroDivisionError


def test_sigterm_ends_in_a_sentence_and_the_old_handler_comes_back():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit, match="Ended from outside. All is as before."), ending("All is as before."):
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_file_that_cannot_be_written_is_named_itself(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    target = tmp_path / "build" / "report.html"
    monkeypatch.setattr(files.os, "fdopen", full)
    with pytest.raises(OSError) as error:
        files.write_atomic(target, "x")
    assert error.value.filename == str(target)
    assert list(target.parent.iterdir()) == []


def test_a_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "build").touch()
    with pytest.raises(OSError) as error:
        files.write_atomic(tmp_path / "build" / "report.html", "x")
    assert error.value.filename == str(tmp_path / "build" / "report.html")


def test_a_damaged_executed_notebook_is_named_with_what_to_do(tmp_path):
    path = tmp_path / "06-x.ipynb"
    path.write_text('{"cells": [')
    with pytest.raises(PublishError, match=r"06-x.ipynb is damaged: remove it and run `make report` again"):
        merge.main(tmp_path / "report.ipynb", [path])


def test_damaged_facts_are_named_with_what_to_do(tmp_path):
    (tmp_path / "06.json").write_text('{"a": ')
    with pytest.raises(facts.FactError, match=r"06.json is damaged .*: remove it and run `make report` again"):
        facts.read_facts(tmp_path)
