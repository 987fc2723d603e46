"""Ctrl+C in a terminal, which goes to the command and to all the processes that it has started."""

import os
import signal
import subprocess
import sys

import pytest
from conftest import OFFLINE, ROOT
from counted import Counted
from patience import PATIENCE, wait_until
from PIL import Image

import digitrec
from digitrec.__main__ import main
from digitrec.model.storage import SHIPPED

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Ctrl+C is sent in another way")

SEVEN = ROOT / "test_images" / "digit_7.png"
KERAS = ROOT / "models" / "mnist_cnn_model.keras"
MANY = 600
SHORT = 4096  # size of a pipe, bytes: room for the lines of a few dozen pictures
INTERRUPTED = (130, b"interrupted; with --csv, run the same command again to resume\n")


@pytest.fixture(scope="module")
def folder(mnist, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scans")
    for number, image in enumerate(mnist[1][0][:MANY]):
        Image.fromarray(255 - image).save(folder / f"{number:04d}.png")
    return folder


def start(*arguments, environment=(), **options):
    """The command, in a group of its own, like one that a shell starts in a terminal."""
    return subprocess.Popen(
        [sys.executable, "-m", "digitrec", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **dict(environment)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        **options,
    )


def press(command, times=1):
    for _ in range(times):
        os.killpg(command.pid, signal.SIGINT)


def end_of(command):
    """Its status and error output, once all its processes have ended."""
    _, message = command.communicate(timeout=PATIENCE)
    return command.returncode, message


@pytest.mark.parametrize("times", [1, 10])
@pytest.mark.parametrize("rows", [1, 20, 200])
def test_while_pictures_are_read_a_sentence_is_all_that_is_said(rows, times, folder, tmp_path):
    """Nobody reads its output on, so that it cannot end before it is interrupted."""
    path = tmp_path / "rows.csv"
    command = start(folder, "--csv", path, "--json", "--processes", 2, pipesize=SHORT)
    for _ in range(rows):
        assert command.stdout.readline(), command.communicate()
    press(command, times)
    assert end_of(command) == INTERRUPTED
    assert path.read_bytes().count(b"\r\n") > rows


# Ctrl+C when the command has just taken the lock of a result.
PRESSES_LATE = """
import runpy, signal, sys, threading
runpy.run_path({offline!r} + "/sitecustomize.py")
enter = threading.Condition.__enter__

def enter_and_press(self):
    value = enter(self)
    caller = sys._getframe(1).f_code
    if caller.co_name == "result" and "futures" in caller.co_filename:
        signal.raise_signal(signal.SIGINT)
    return value

threading.Condition.__enter__ = enter_and_press
"""


def test_when_a_lock_has_just_been_taken_a_sentence_is_all_that_is_said(folder, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(PRESSES_LATE.format(offline=str(OFFLINE)))
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    command = start(folder, "--processes", 2, environment={"PYTHONPATH": path})
    assert end_of(command) == INTERRUPTED


# Runs at the start of the command, and of each of the processes that it starts. When one of them
# comes to the place that the test names, it makes a file, and waits for another.
STOPS = """
import atexit, os, runpy, sys, time
runpy.run_path(os.path.join({offline!r}, "sitecustomize.py"))
folder, place = {folder!r}, {place!r}

def stop():
    open(os.path.join(folder, "here"), "w").close()
    while not os.path.exists(os.path.join(folder, "go")):
        time.sleep(0.01)

class Finder:
    def find_spec(self, name, path=None, target=None):
        worker = "--multiprocessing-fork" in sys.orig_argv
        if place == ("worker" if worker else "command") + " imports " + name:
            stop()
        if place == "command exits" and name == "numpy" and not worker:
            atexit.register(stop)

sys.meta_path.insert(0, Finder())
"""


@pytest.fixture
def stopped(folder, tmp_path):
    """Start the command, and give it back when it, or a worker, has come to a place."""

    def stopped(place, *arguments):
        hooks = tmp_path / "hooks"
        hooks.mkdir()
        code = STOPS.format(offline=str(OFFLINE), folder=str(tmp_path), place=place)
        (hooks / "sitecustomize.py").write_text(code)
        path = os.pathsep.join([str(hooks), str(ROOT)])
        command = start(
            *(arguments or [folder, "--processes", 2]), environment={"PYTHONPATH": path}
        )
        wait_until(lambda: command.poll() is not None or (tmp_path / "here").exists())
        assert command.poll() is None, command.communicate()
        return command

    return stopped


@pytest.mark.parametrize("times", [1, 10])
@pytest.mark.parametrize(
    "place",
    [
        *("argparse", "numpy", "cv2", "PIL.Image", "ai_edge_litert.interpreter"),
        *("digitrec.recognize.folder", "digitrec.recognize.workers", "concurrent.futures.process"),
    ],
)
def test_while_the_command_imports_a_sentence_is_all_that_is_said(place, times, stopped):
    command = stopped(f"command imports {place}")
    press(command, times)
    assert end_of(command) == INTERRUPTED


@pytest.mark.parametrize("place", ["numpy", "cv2", "digitrec.recognize.workers"])
def test_while_workers_start_a_sentence_is_all_that_is_said(place, stopped, tmp_path):
    """They go on importing, and then find that the command has ended."""
    command = stopped(f"worker imports {place}")
    press(command, 2)
    (tmp_path / "go").touch()
    assert end_of(command) == INTERRUPTED


@pytest.mark.slow
def test_while_tensorflow_is_imported_a_sentence_is_all_that_is_said(stopped):
    command = stopped("command imports keras", SEVEN, "--model", KERAS)
    press(command)
    assert end_of(command) == INTERRUPTED


def test_pressed_again_while_the_sentence_is_written_it_is_written_once():
    """A handler may be interrupted as well, by the next signal."""
    code = """
import os, signal
from digitrec.recognize.interruption import Interruption

write, presses = os.write, iter([signal.SIGINT] * 2)

def write_and_press(descriptor, content):
    write(descriptor, content)
    for number in presses:
        os.kill(os.getpid(), number)

Interruption("once\\n", 130, is_ours=True)
os.write = write_and_press
os.kill(os.getpid(), signal.SIGINT)
"""
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (130, "once\n")


def test_at_its_exit_a_sentence_is_all_that_is_said(stopped):
    command = stopped("command exits", SEVEN)
    press(command, 10)
    assert end_of(command) == INTERRUPTED


def test_a_command_in_the_background_stays_there(stopped, tmp_path):
    """A shell starts it with Ctrl+C ignored, since that is meant for another command."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        command = stopped("command imports numpy", SEVEN)
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    press(command, 10)
    (tmp_path / "go").touch()
    assert end_of(command) == (0, b"")


def test_the_command_called_from_python_leaves_ctrl_c_as_it_was():
    before = signal.getsignal(signal.SIGINT), sys.unraisablehook
    assert main([str(SEVEN)]) == 0
    assert (signal.getsignal(signal.SIGINT), sys.unraisablehook) == before


def test_a_caller_of_the_package_gets_the_exception(folder):
    """As in a notebook; processes that were reading have ended too, or the output would not."""
    code = """
import sys, digitrec
rows = digitrec.read_folder(sys.argv[1], processes=2)
try:
    for row in rows:
        print(row.text, flush=True)
except KeyboardInterrupt:
    print("caught")
"""
    caller = subprocess.Popen(
        [sys.executable, "-c", code, folder],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        pipesize=SHORT,
        start_new_session=True,
    )
    assert caller.stdout.readline()
    press(caller)
    output, message = caller.communicate(timeout=PATIENCE)
    assert (caller.returncode, output.splitlines()[-1], message) == (0, "caught", "")


@pytest.mark.slow
def test_pictures_that_nobody_waits_for_are_not_read(tmp_path):
    """The workers have dozens of photos before them when the rows are given up."""
    photo = tmp_path / "photo.png"
    Image.open(ROOT / "test_images" / "photo_5.jpg").resize((3000, 2000)).save(photo)
    model = Counted(SHIPPED.with_suffix(".tflite").read_bytes(), tmp_path / "count")
    digitrec.read_digits(photo, model)
    of_photo = model.count()
    digits = [SEVEN] * 600  # so that many pictures are sent at a time
    rows = digitrec.read_folder([*digits, *[photo] * 600], model, processes=2)
    for _ in digits:
        next(rows)
    before = model.count()
    rows.close()  # as an exception does
    assert model.count() - before <= 10 * of_photo
