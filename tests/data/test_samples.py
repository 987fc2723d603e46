import os
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from conftest import ROOT

import digitrec
from digitrec.data.samples import Samples


@pytest.fixture
def samples():
    images = np.random.default_rng(0).integers(0, 256, (3, 28, 28), dtype=np.uint8)
    return Samples(images, np.array([7, 1, 7], np.uint8))


def test_what_was_saved_is_loaded(samples, tmp_path):
    path = tmp_path / "new folder" / "mine.npz"
    digitrec.save_samples(samples, path)
    images, labels = digitrec.load_samples(path)
    np.testing.assert_array_equal(images, samples.images)
    np.testing.assert_array_equal(labels, samples.labels)
    assert [file.name for file in path.parent.iterdir()] == ["mine.npz"]


def test_loaded_samples_can_be_trained_on(samples, tmp_path):
    digitrec.save_samples(samples, tmp_path / "mine.npz")
    images, labels = digitrec.load_samples(tmp_path / "mine.npz")
    evaluation = digitrec.evaluate(digitrec.build_model(), images, labels)
    assert len(evaluation.predicted) == 3


def test_an_interrupted_save_leaves_the_old_file(samples, tmp_path, monkeypatch):
    path = tmp_path / "mine.npz"
    digitrec.save_samples(samples, path)

    def interrupted(path, **arrays):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez_compressed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        digitrec.save_samples(Samples(samples.images[:1], samples.labels[:1]), path)
    assert len(digitrec.load_samples(path).labels) == 3
    assert [file.name for file in tmp_path.iterdir()] == ["mine.npz"]


SAVE_WITHOUT_ROOM = """
import resource, sys
import digitrec
samples = digitrec.load_samples(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
try:
    digitrec.save_samples(samples, sys.argv[1])
except OSError:
    print("no room")
"""


def test_a_full_disk_leaves_the_old_file(samples, tmp_path):
    """As with a full disk, no file can become longer than some bytes."""
    pytest.importorskip("resource")
    path = tmp_path / "mine.npz"
    digitrec.save_samples(samples, path)
    before = path.read_bytes()
    command = [sys.executable, "-c", SAVE_WITHOUT_ROOM, path]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ("no room\n", "")
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["mine.npz"]


def test_another_ending_is_refused(samples, tmp_path):
    with pytest.raises(ValueError, match=r"saved as \.npz"):
        digitrec.save_samples(samples, tmp_path / "mine.csv")


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        digitrec.load_samples(tmp_path / "none.npz")


def test_a_file_without_samples_is_refused_with_a_reason(samples, tmp_path):
    path = tmp_path / "other.npz"
    digitrec.save_samples(samples, path)
    half = path.read_bytes()[:500]
    images, labels = samples
    contents = [
        lambda: path.write_bytes(b"not an archive"),
        lambda: path.write_bytes(half),
        lambda: zipfile.ZipFile(path, "w").close(),
        lambda: np.savez(path, images=images),
        lambda: np.savez(path, images=images, labels=labels[:2]),
        lambda: np.savez(path, images=images, labels=labels + 9),
        lambda: np.savez(path, images=images / 255, labels=labels),
        lambda: np.savez(path, images=images, labels=np.uint8(7)),
        lambda: np.savez(path, images=np.array([{}], dtype=object), labels=labels),
    ]
    for write in contents:
        write()
        with pytest.raises(ValueError, match="no samples"):
            digitrec.load_samples(path)


def test_an_archive_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked(tmp_path):
    """Its members say how many bytes they unpack to, and NumPy reads no more than they say."""
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", b"")
        archive.writestr("labels.npy", b"")
        archive.infolist()[0].file_size = 3_000_000_000
    with pytest.raises(ValueError, match=r"bomb\.npz holds no samples.*3,000,000,000 bytes"):
        digitrec.load_samples(path)


def test_a_folder_or_a_pipe_is_refused(no_files):
    for path in no_files:
        with pytest.raises(ValueError, match="holds no samples"):
            digitrec.load_samples(path)
