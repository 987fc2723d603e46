import hashlib
import struct

import numpy as np
import pytest

import digitrec
from digitrec.data import mnist as data


def test_mnist_is_complete_and_as_keras_gives_it(mnist):
    (x_train, y_train), (x_test, y_test) = mnist
    assert [array.shape for array in (x_train, y_train, x_test, y_test)] == [
        (60000, 28, 28),
        (60000,),
        (10000, 28, 28),
        (10000,),
    ]
    assert {array.dtype for array in (x_train, y_train, x_test, y_test)} == {np.dtype(np.uint8)}
    assert y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]


def test_mnist_is_the_original_to_the_byte(mnist):
    """Put back into the IDX format, the arrays have the digests of the original files."""
    arrays = [array for split in mnist for array in split]
    for array, (_, file, sha256) in zip(arrays, data.IDX_FILES, strict=True):
        header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}i", *array.shape)
        assert hashlib.sha256(header + array.tobytes()).hexdigest() == sha256, file


@pytest.mark.parametrize("place", [100, 5_000_000, -10])
def test_an_archive_with_one_changed_bit_is_refused(tmp_path, place):
    content = bytearray(data.ARCHIVE.read_bytes())
    content[place] ^= 1
    damaged = tmp_path / "mnist.npz"
    damaged.write_bytes(content)
    with pytest.raises(ValueError, match=r"mnist\.npz is damaged.*git checkout"):
        digitrec.load_mnist(damaged)


def test_a_truncated_archive_is_refused(tmp_path):
    damaged = tmp_path / "mnist.npz"
    damaged.write_bytes(data.ARCHIVE.read_bytes()[:1000])
    with pytest.raises(ValueError, match="is damaged"):
        digitrec.load_mnist(damaged)


def test_of_a_huge_file_no_more_is_read_than_the_archive_has(tmp_path):
    """A terabyte of zeros, which takes no room on the disk."""
    damaged = tmp_path / "mnist.npz"
    with damaged.open("wb") as file:
        try:
            file.truncate(10**12)
        except OSError:
            pytest.skip("this disk has no files of a terabyte")
    with pytest.raises(ValueError, match=r"mnist\.npz is damaged.*git checkout"):
        digitrec.load_mnist(damaged)


def test_a_folder_or_a_pipe_in_its_place_says_how_to_restore_it(no_files):
    for path in no_files:
        with pytest.raises(FileNotFoundError, match=r"is missing.*git checkout"):
            digitrec.load_mnist(path)


def test_a_missing_archive_says_how_to_restore_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"mnist\.npz is missing.*git checkout"):
        digitrec.load_mnist(tmp_path / "mnist.npz")


def test_packing_takes_only_the_original_files(tmp_path):
    for _, file, _ in data.IDX_FILES:
        (tmp_path / file).write_bytes(b"\0\0\x08\x01\0\0\0\x01\x07")
    with pytest.raises(ValueError, match="not the original MNIST file"):
        data.pack_mnist(tmp_path, tmp_path / "mnist.npz")
    assert not (tmp_path / "mnist.npz").exists()


def test_packing_the_original_files_gives_the_archive_again(tmp_path, mnist):
    arrays = [array for split in mnist for array in split]
    for array, (_, file, _) in zip(arrays, data.IDX_FILES, strict=True):
        header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}i", *array.shape)
        (tmp_path / file).write_bytes(header + array.tobytes())
    data.pack_mnist(tmp_path, tmp_path / "mnist.npz")
    with np.load(tmp_path / "mnist.npz") as archive:
        for array, (name, _, _) in zip(arrays, data.IDX_FILES, strict=True):
            np.testing.assert_array_equal(archive[name], array)


def test_scaling_maps_paper_to_0_and_ink_to_1():
    scaled = digitrec.scale(np.array([0, 51, 255], np.uint8))
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled, [0, 0.2, 1])


def test_the_channel_is_the_last_axis():
    assert digitrec.add_channel(np.zeros((5, 28, 28))).shape == (5, 28, 28, 1)


def test_one_hot_rows_have_their_1_at_the_label():
    rows = digitrec.one_hot(np.array([3, 0], np.uint8))
    assert rows.dtype == np.float32
    assert rows.tolist() == [[0, 0, 0, 1, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]]
