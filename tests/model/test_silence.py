"""Log lines of C++ libraries stay away; all else that is written to the error output arrives."""

import os
import re
import subprocess
import sys

import pytest
from conftest import ROOT

STARTED = """
import os, sys, threading
import digitrec
from digitrec.model.storage import SHIPPED
"""


def run(code, **options):
    """What a Python wrote to its error output, and its exit status."""
    environment = {name: os.environ[name] for name in os.environ if name != "TF_CPP_MIN_LOG_LEVEL"}
    command = [sys.executable, "-c", STARTED + code]
    options = {"capture_output": True, "env": environment, "cwd": ROOT, **options}
    result = subprocess.run(command, **options)
    return result.stderr, result.returncode


def test_the_error_output_is_there_after_many_threads_load_networks():
    code = """
sys.setswitchinterval(1e-6)
threads = 8
together = threading.Barrier(threads)
def load():
    together.wait()
    for _ in range(20):
        digitrec.load_model(SHIPPED.with_suffix(".tflite"))
loading = [threading.Thread(target=load) for _ in range(threads)]
for thread in loading: thread.start()
for thread in loading: thread.join()
os.write(2, b"still here")
"""
    assert run(code) == (b"still here", 0)


def writing(what):
    """Code that does something while another thread writes numbers to the error output."""
    return f"""
written, done = 0, threading.Event()
def write():
    global written
    while not done.wait(0.001):
        os.write(2, b"%d\\n" % written)
        written += 1
thread = threading.Thread(target=write)
thread.start()
{what}
done.set()
thread.join()
print(written)
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["x.tflite", "x"])
def test_tensorflow_is_silent_where_somebody_types(name, tmp_path):
    """As in a notebook: there it would tell where it writes a model."""
    path = str(tmp_path / name)
    assert run(f"sys.ps1 = '>>> '; digitrec.save_model(digitrec.load_model(), {path!r})") == (
        b"",
        0,
    )


@pytest.mark.parametrize(
    "what",
    [
        'digitrec.load_model(SHIPPED.with_suffix(".tflite"))',
        pytest.param("digitrec.load_model()", marks=pytest.mark.slow),
        pytest.param(
            'digitrec.save_model(digitrec.load_model(), sys.argv[1] + "/x.tflite")',
            marks=pytest.mark.slow,
        ),
    ],
)
def test_no_line_that_another_thread_writes_is_lost(what, tmp_path):
    """And none that a library logs is there: while TensorFlow is imported, or a network made."""
    command = [sys.executable, "-c", STARTED + writing(what), tmp_path]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert sorted(map(int, result.stderr.splitlines())) == list(range(int(result.stdout)))


def test_each_shipped_network_is_loaded_once_by_several_threads():
    """A number takes both."""
    code = """
from digitrec.recognize import shipped
loaded, model = [], shipped.LiteModel
shipped.LiteModel = lambda content: loaded.append(len(content)) or model(content)
sys.setswitchinterval(1e-6)
threads = 8
together = threading.Barrier(threads)
def read():
    together.wait()
    digitrec.read_digits("test_images/several_31415.png")
reading = [threading.Thread(target=read) for _ in range(threads)]
for thread in reading: thread.start()
for thread in reading: thread.join()
os.write(2, b"loaded %d, of %d sizes" % (len(loaded), len({*loaded})))
"""
    assert run(code) == (b"loaded 2, of 2 sizes", 0)


@pytest.mark.skipif(os.name == "nt", reason="a process has no descriptors to close there")
def test_without_an_error_output_a_network_loads_and_logs_into_no_file(tmp_path):
    """The next file that is opened would get descriptor 2."""
    code = """
os.close(2)
with open(sys.argv[1], "wb") as file:
    assert file.fileno() == 2
    assert digitrec.predict_digit("test_images/digit_7.png").digit == 7
    file.write(b"mine")
"""
    path = tmp_path / "mine"
    command = [sys.executable, "-c", STARTED + code, path]
    assert subprocess.run(command, cwd=ROOT).returncode == 0
    assert path.read_bytes() == b"mine"


def test_without_room_for_a_file_a_network_still_loads():
    code = """
import tempfile
def full(**options): raise OSError(28, "No space left on device")
tempfile.TemporaryFile = full
os._exit(digitrec.predict_digit("test_images/digit_7.png").digit)
"""
    lines, status = run(code)
    assert status == 7
    assert re.fullmatch(rb"(INFO: .*\n)?", lines)


@pytest.mark.slow
def test_tensorflow_is_silent_also_in_a_process_that_another_one_started():
    """Which hands its environment down. A user can still see what TensorFlow logs."""
    code = """
import subprocess
digitrec.load_model()
subprocess.run([sys.executable, "-c", "import digitrec; digitrec.load_model()"], check=True)
"""
    assert run(code) == (b"", 0)
    lines, status = run('os.environ["TF_CPP_MIN_LOG_LEVEL"] = "0"; digitrec.load_model()')
    assert status == 0
    assert b"oneDNN" in lines or b"CPU" in lines
