"""The command where its streams, its folder or Python's options are not the usual ones."""

import os
import shutil
import subprocess
import sys

import pytest
from conftest import OFFLINE, ROOT

from digitrec.recognize.folder import read_folder

PICTURES = ROOT / "test_images"
DESCRIPTORS = pytest.mark.skipif(os.name == "nt", reason="a shell there cannot close them")


def run(*arguments, options=(), cwd=ROOT, environment=(), closing=()):
    """A finished command, started without the standard streams of which the numbers are given."""

    def close():
        for descriptor in closing:
            os.close(descriptor)

    return subprocess.run(
        [sys.executable, *options, "-m", "digitrec", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **dict(environment)},
        capture_output=True,
        text=True,
        preexec_fn=close if closing else None,
    )


def result_of(command):
    return command.returncode, command.stdout, command.stderr


@pytest.fixture(scope="module")
def usual():
    """Status, output and error output where all is as usual: 17 pictures, so in processes."""
    result = result_of(run(PICTURES, PICTURES / "digit_7.png", "--processes", 2))
    assert result[0] == 0
    assert result[1].count("\n") == sum(1 for _ in read_folder(PICTURES, processes=1)) + 1
    assert result[2] == ""
    return result


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        (["-X", "faulthandler", "-W", "error"], {}),
        (["-O"], {}),
        (["-OO", "-bb"], {}),
        ([], {"LC_ALL": "C"}),
        ([], {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    ],
)
def test_the_options_of_python_and_the_language_change_nothing(options, environment, usual):
    command = run(
        PICTURES,
        PICTURES / "digit_7.png",
        *("--processes", 2),
        options=options,
        environment=environment,
    )
    assert result_of(command) == usual


def test_the_package_can_be_read_with_warnings_as_errors(usual):
    code = "import digitrec; print(digitrec.read_digits('test_images/several_31415.png').text)"
    command = [sys.executable, "-W", "error", "-c", code]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result_of(result) == (0, "31415\n", "")


@DESCRIPTORS
@pytest.mark.parametrize("closing", [[1], [2], [1, 2], [0, 1, 2]])
def test_without_streams_the_command_reads_as_usual(closing, usual):
    command = run(PICTURES, PICTURES / "digit_7.png", "--processes", 2, closing=closing)
    assert command.returncode == usual[0]
    assert command.stdout == ("" if 1 in closing else usual[1])
    assert command.stderr == ""


@DESCRIPTORS
@pytest.mark.parametrize("processes", [1, 2])
def test_without_streams_nothing_else_gets_into_the_csv_file(processes, tmp_path):
    """Its descriptor would be that of the missing error output, where libraries log."""
    arguments = (PICTURES, PICTURES / "digit_7.png", "--processes", processes, "--csv")
    usual, closed = tmp_path / "usual.csv", tmp_path / "closed.csv"
    run(*arguments, usual)
    assert run(*arguments, closed, closing=[0, 1, 2]).returncode == 0
    assert closed.read_bytes() == usual.read_bytes()


@DESCRIPTORS
def test_without_an_error_output_an_error_is_the_status_alone():
    assert result_of(run(PICTURES, "--model", "gone.tflite", closing=[2])) == (2, "", "")


def test_python_without_streams_as_services_have_it():
    """`pythonw` on Windows and some services start with None instead of streams."""
    code = """
import sys
stdout, sys.stdout, sys.stderr = sys.stdout, None, None
import digitrec
digits = [row.text for row in digitrec.read_folder(["test_images/digit_7.png"] * 20, processes=2)]
from digitrec.__main__ import main
status = main(["test_images/digit_7.png", "README.md"])
print(digits == ["7"] * 20, status, file=stdout)
"""
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result_of(result) == (0, "True 1\n", "")


def test_from_another_folder_the_command_reads_as_usual(tmp_path, usual):
    path = os.pathsep.join([str(OFFLINE), str(ROOT)])
    command = run(
        PICTURES,
        PICTURES / "digit_7.png",
        *("--processes", 2),
        cwd=tmp_path,
        environment={"PYTHONPATH": path},
    )
    assert result_of(command) == usual
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="folders there have no such permissions")
def test_a_checkout_that_cannot_be_written_reads_as_usual(tmp_path, usual):
    """Not even Python's own cache is there. For root, who may write anyway: nothing else is."""
    checkout = tmp_path / "checkout"
    ignored = shutil.ignore_patterns("__pycache__", "*.keras", "*.h5", "mnist.npz")
    shutil.copytree(ROOT / "digitrec", checkout / "digitrec", ignore=ignored)
    shutil.copytree(ROOT / "models", checkout / "models", ignore=ignored)
    before = set(checkout.rglob("*"))
    folders = [checkout, *(path for path in before if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        command = run(
            PICTURES,
            PICTURES / "digit_7.png",
            *("--processes", 2),
            cwd=checkout,
            environment={"PYTHONPATH": str(OFFLINE)},
        )
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert result_of(command) == usual
    new = set(checkout.rglob("*")) - before
    assert [path for path in new if "__pycache__" not in path.parts] == []
