import errno
import subprocess
import sys

import pytest
from conftest import ROOT

from digitrec.data.file_lock import lock

HOLD = """
import sys
from digitrec.data.file_lock import lock
file = open(sys.argv[1], "a")
print(lock(file), flush=True)
sys.stdin.read()
"""


def test_a_file_is_locked_once_until_it_is_closed(tmp_path):
    with open(tmp_path / "file", "a") as second:
        with open(tmp_path / "file", "a") as first:
            assert lock(first) is True
            assert lock(second) is False
        assert lock(second) is True


def test_a_locked_file_can_be_read_and_written(tmp_path):
    """By others too, as Windows would not let them if its content were locked."""
    with open(tmp_path / "file", "a") as file:
        lock(file)
        file.write("content")
        file.flush()
        assert (tmp_path / "file").read_text() == "content"
        assert file.tell() == len("content")


def test_a_killed_process_leaves_no_lock(tmp_path):
    command = [sys.executable, "-c", HOLD, tmp_path / "file"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "True\n"
        with open(tmp_path / "file", "a") as file:
            assert lock(file) is False
            holder.kill()
            holder.wait()
            assert lock(file) is True


def test_a_file_system_may_have_no_locks(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def fail(code):
        def flock(descriptor, operation):
            raise OSError(code, "no")

        monkeypatch.setattr(fcntl, "flock", flock)

    with open(tmp_path / "file", "a") as file:
        for code in (errno.ENOLCK, errno.EOPNOTSUPP):
            fail(code)
            assert lock(file) is None
        fail(errno.EIO)
        with pytest.raises(OSError, match="no"):
            lock(file)
