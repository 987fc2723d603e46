"""A real scheduler and two real workers on this machine; the tests end them one by one."""

import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from threading import Thread

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
def dask(tmp_path):
    """Start a scheduler or a worker, which ends with the test."""
    with ExitStack() as stack:

        def dask(*arguments, **options):
            command = [sys.executable, "-m", "dask", *map(str, arguments), *LOCAL]
            options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **options}
            process = subprocess.Popen(command, **{"cwd": ROOT, **options})
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        yield dask


@pytest.fixture
def scheduler(dask, tmp_path):
    """The address of a scheduler, and its process."""
    file = tmp_path / "scheduler.json"
    scheduler = dask("scheduler", "--port", 0, "--scheduler-file", file)
    wait_until(lambda: scheduler.poll() is not None or (file.exists() and file.read_text()))
    assert scheduler.poll() is None
    return json.loads(file.read_text())["address"], scheduler


@pytest.fixture
def worker(dask, tmp_path):
    """Start a worker of the scheduler at an address."""
    options = ("--no-nanny", "--nthreads", 1, "--local-directory", tmp_path)
    return lambda address, **more: dask("worker", address, *options, **more)


def wait_for_workers(address, count):
    with Client(address, timeout=PATIENCE) as client:
        client.wait_for_workers(count, timeout=PATIENCE)


@pytest.fixture
def cluster(scheduler, worker):
    """The address of a scheduler, and the processes: the scheduler's and two workers'."""
    address, process = scheduler
    workers = [worker(address) for _ in range(2)]
    wait_for_workers(address, 2)
    return address, process, workers


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
    assert message.endswith(" in doubt, 1 error\n")
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


class Proxy:
    """Passes connections on to an address, until they are cut."""

    def __init__(self, address):
        self._host, port = address.removeprefix("tcp://").split(":")
        self._port = int(port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets = [self._listener]
        self.address = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with suppress(OSError):  # once they are cut
            while True:
                here, _ = self._listener.accept()
                there = socket.create_connection((self._host, self._port))
                self._sockets += [here, there]
                for ends in ((here, there), (there, here)):
                    Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, source, target):
        with suppress(OSError):
            while content := source.recv(65536):
                target.sendall(content)

    def cut(self):
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@pytest.mark.slow
def test_a_worker_whose_connection_is_cut_loses_nothing(folder, expected, scheduler, worker):
    address, _ = scheduler
    proxy = Proxy(address)
    worker(address), worker(proxy.address)
    wait_for_workers(address, 2)
    rows = []
    with Client(address, timeout=PATIENCE) as client:
        for row in read_folder(folder, client=client):
            rows.append(row)
            if len(rows) == 500:
                proxy.cut()
    assert rows == expected


@pytest.mark.slow
def test_two_commands_on_one_cluster_do_not_disturb_each_other(folder, cluster, tmp_path):
    address, _, _ = cluster
    paths = [tmp_path / "one.csv", tmp_path / "two.csv"]
    processes = [begun(folder, path, address) for path in paths]
    outputs = [process.communicate(timeout=PATIENCE) for process in processes]
    for path, (_, message) in zip(paths, outputs, strict=True):
        assert message.startswith(f"2,001 pictures in {path}: ")
        assert message.endswith(", 1 error\n")
    expected = undisturbed(folder, tmp_path / "expected.csv")
    assert [path.read_bytes() for path in paths] == [expected, expected]


@pytest.mark.slow
def test_a_worker_without_digitrec_is_named(folder, scheduler, worker, tmp_path):
    """Calls would kill it, and with it all the others that lack it, without end."""
    address, _ = scheduler
    (tmp_path / "digitrec.py").write_text("raise ImportError('not installed')")
    worker(address, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    wait_for_workers(address, 1)
    command = [sys.executable, "-m", "digitrec", folder, "--scheduler", address]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (2, "")
    assert "cannot import digitrec (not installed): install it there" in result.stderr


@pytest.mark.slow
def test_a_cluster_without_workers_is_waited_for(scheduler, worker):
    address, _ = scheduler
    command = subprocess.Popen(
        [sys.executable, "-m", "digitrec", SEVEN, "--scheduler", address],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    hint = f"waiting for a worker: start one with `dask worker {address}`\n"
    assert command.stderr.readline() == hint
    worker(address)
    output, message = command.communicate(timeout=PATIENCE)
    assert (command.returncode, message) == (0, "")
    assert output.startswith(f"{SEVEN}: 7  (")
