import os
import runpy
import signal
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

import digitrec

ROOT = Path(__file__).parents[1]
OFFLINE = ROOT / "tests" / "offline"

matplotlib.use("agg")
# A shell starts jobs in the background with Ctrl+C ignored; the commands that tests interrupt would
# inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_path(str(OFFLINE / "sitecustomize.py"))
os.environ["PYTHONPATH"] = os.pathsep.join([str(OFFLINE), str(ROOT)])


def same_weights(one, other):
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


@pytest.fixture(scope="session")
def mnist():
    return digitrec.load_mnist()


@pytest.fixture(scope="session")
def network():
    """The shipped network; tests must not train it."""
    return digitrec.load_model()


@pytest.fixture(scope="session")
def trained_a_little(mnist):
    """A network after one epoch on 2,000 digits: it makes mistakes."""
    (images, labels), _ = mnist
    model = digitrec.build_model()
    digitrec.train(model, images[:2000], labels[:2000], epochs=1)
    return model


@pytest.fixture
def no_files(tmp_path):
    """A folder, and where there are any a pipe, from which reading would wait for ever."""
    (tmp_path / "folder").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
    return list(tmp_path.iterdir())


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")
