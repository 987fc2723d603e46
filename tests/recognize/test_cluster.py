"""A real scheduler and two real workers on this machine; the tests end them one by one."""

import json
import subprocess
import sys
from contextlib import ExitStack

import pytest
from conftest import ROOT
from distributed import Client
from patience import PATIENCE, wait_until
from PIL import Image

from digitrec.recognize.folder import read_folder

LOCAL = ["--host", "127.0.0.1", "--no-dashboard"]
MANY = 2000
SEVEN = str(ROOT / "test_images" / "digit_7.png")


@pytest.fixture(scope="module")
def folder(mnist, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    for number, image in enumerate(mnist[1][0][:MANY]):
        Image.fromarray(255 - image).save(folder / f"{number:04d}.png")
    (folder / "0100 empty.png").touch()
    return folder


@pytest.fixture(scope="module")
def expected(folder):
    return list(read_folder(folder))


@pytest.fixture
def cluster(tmp_path):
    """The address of a scheduler, and the processes: the scheduler's and two workers'."""
    with ExitStack() as stack:

        def dask(*arguments):
            command = [sys.executable, "-m", "dask", *map(str, arguments), *LOCAL]
            process = subprocess.Popen(
                command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        file = tmp_path / "scheduler.json"
        scheduler = dask("scheduler", "--port", 0, "--scheduler-file", file)
        wait_until(lambda: scheduler.poll() is not None or (file.exists() and file.read_text()))
        assert scheduler.poll() is None
        address = json.loads(file.read_text())["address"]
        options = ("--no-nanny", "--nthreads", 1, "--local-directory", tmp_path)
        workers = [dask("worker", address, *options) for _ in range(2)]
        with Client(address, timeout=PATIENCE) as client:
            client.wait_for_workers(2, timeout=PATIENCE)
        yield address, scheduler, workers


@pytest.mark.slow
def test_a_worker_that_is_lost_loses_nothing(folder, expected, cluster, trained_a_little):
    address, _, workers = cluster
    rows = []
    with Client(address, timeout=PATIENCE) as client:
        for row in read_folder(folder, client=client):
            rows.append(row)
            if len(rows) == 500:
                workers[0].kill()
        assert rows == expected
        mine = list(read_folder([SEVEN], trained_a_little, client=client))
    assert mine[0].confidence == pytest.approx(
        next(read_folder(SEVEN, trained_a_little)).confidence, abs=1e-6
    )


def begun(folder, path, address):
    """A command that has written some rows and cannot end on its own.

    It also prints each row, into a pipe that is full long before the last one, since nobody reads
    on.
    """
    command = [sys.executable, "-m", "digitrec", folder, "--csv", path, "--json"]
    process = subprocess.Popen(
        [*command, "--scheduler", address],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for _ in range(500):
        assert process.stdout.readline(), process.communicate()
    return process


def undisturbed(folder, path):
    subprocess.run([sys.executable, "-m", "digitrec", folder, "--csv", path], cwd=ROOT)
    return path.read_bytes()


@pytest.mark.slow
def test_the_command_line_reads_on_a_cluster(folder, cluster, tmp_path):
    """One worker is lost: the rows are those that this machine alone writes."""
    address, _, workers = cluster
    process = begun(folder, tmp_path / "rows.csv", address)
    workers[1].kill()
    _, message = process.communicate(timeout=PATIENCE)
    assert message.endswith(" pictures, 1 of them could not be read\n")
    assert process.returncode == 1  # of the picture that is empty
    assert (tmp_path / "rows.csv").read_bytes() == undisturbed(folder, tmp_path / "expected.csv")


@pytest.mark.slow
def test_a_run_whose_scheduler_was_lost_can_be_resumed(folder, cluster, tmp_path):
    address, scheduler, _ = cluster
    process = begun(folder, tmp_path / "rows.csv", address)
    scheduler.kill()
    _, message = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert message == "error: the Dask cluster was lost: start it, and run the same command again\n"
    assert undisturbed(folder, tmp_path / "rows.csv") == undisturbed(folder, tmp_path / "other.csv")


@pytest.mark.slow
def test_a_missing_scheduler_is_explained():
    command = [sys.executable, "-m", "digitrec", SEVEN, "--scheduler"]
    for address in ("127.0.0.1:1", "nowhere"):
        result = subprocess.run([*command, address], cwd=ROOT, capture_output=True, text=True)
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr.startswith(f"error: there is no Dask scheduler at {address}")


def test_a_missing_dask_is_explained():
    code = f"""
import sys
sys.modules["distributed"] = None
from digitrec.__main__ import main
sys.exit(main([{SEVEN!r}, "--scheduler", "tcp://127.0.0.1:8786"]))
"""
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 2
    assert result.stderr.startswith(
        "error: --scheduler needs Dask: install digitrec with the extra"
    )
