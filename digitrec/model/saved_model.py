"""Load a network from a SavedModel folder: only its weights, so that its graph need not be trusted.

TensorFlow's readers of whole checkpoints abort the process on a crafted one; so only one operation
reads here, which compares types and shapes first, after a look at what it does not check.
"""

from pathlib import Path

from digitrec.model._silence import silence
from digitrec.model._tensorflow import keras, tf
from digitrec.model.ensembles import ensemble
from digitrec.model.network import build_model

VARIABLE = "variables/{}/.ATTRIBUTES/VARIABLE_VALUE"  # the name of a variable, by its number
MOST_BYTES = 20_000  # of an index; that of our network has a thousand, each more takes 600
FOOTER = 48  # bytes at its end


def load_saved_model(folder: Path) -> keras.Model:
    """Rebuild the network, or the ensemble of networks, around the weights in a folder.

    Raises:
        ValueError: If it lacks whole weights of a network from `build_model`.
        OSError: If it cannot be read.
    """
    checkpoint = folder / "variables"
    if not all(path.is_file() for path in checkpoint.iterdir()):  # reading a pipe might never end
        raise ValueError(f"{checkpoint} holds something other than files")
    index = checkpoint / "variables.index"
    if index.stat().st_size > MOST_BYTES:
        raise ValueError(f"{index} is far too large")
    _check_index(index.read_bytes())
    prefix = str(checkpoint / "variables")
    members: list[keras.Model] = []
    try:
        while not members or _goes_on(prefix, members):
            members.append(_member(prefix, len(members)))
    except tf.errors.OpError as error:
        raise ValueError("it lacks whole weights of a network from `build_model`") from error
    return ensemble(members) if members[1:] else members[0]


def _goes_on(prefix: str, members: list[keras.Model]) -> bool:
    """Whether there are more variables than those of the members so far."""
    variables = members[0].variables
    try:
        with silence():  # it is no error, though TensorFlow logs one
            _read(prefix, len(members) * len(variables), variables[:1])
    except tf.errors.NotFoundError:
        return False
    return True


def _member(prefix: str, number: int) -> keras.Model:
    model = build_model()
    values = _read(prefix, number * len(model.variables), model.variables)
    for variable, value in zip(model.variables, values, strict=True):
        variable.assign(value)
    return model


def _read(prefix: str, first: int, variables: list[keras.Variable]) -> list[tf.Tensor]:
    """The values of variables of these shapes and types, from the number of the first."""
    return tf.raw_ops.RestoreV2(
        prefix=prefix,
        tensor_names=[VARIABLE.format(first + number) for number in range(len(variables))],
        shape_and_slices=[_whole(variable.shape) for variable in variables],
        dtypes=[variable.dtype for variable in variables],
    )


def _whole(shape: tuple[int, ...]) -> str:
    """How TensorFlow writes "all of a tensor of this shape", such as "64 10 -:-"."""
    return f"{' '.join(map(str, shape))} {':'.join('-' * len(shape))}"


def _check_index(content: bytes) -> None:
    """Check that all blocks of an index lie within it.

    TensorFlow takes as much memory as a block is said to have, and ends the process if there is
    not so much.

    Source:
        LevelDB, https://github.com/google/leveldb/blob/main/doc/table_format.md, whose format of
        tables is that of an index.
    """
    numbers, _ = _varints(content, len(content) - FOOTER, 4)
    start, size = numbers[2:]
    handles = [(start, size)]
    block = content[start : start + size]
    restarts = int.from_bytes(block[-4:], "little") + 1
    place, end = 0, len(block) - 4 * restarts
    while place < end:
        (_, key, value), place = _varints(block, place, 3)
        (start, size), _ = _varints(block, place + key, 2)
        handles.append((start, size))
        place += key + value
    if any(start + size > len(content) for start, size in handles):
        raise ValueError("its index is damaged")


def _varints(content: bytes, place: int, count: int) -> tuple[list[int], int]:
    """Numbers in seven bits a byte, the lowest first; and the place behind them."""
    numbers = []
    for _ in range(count):
        number = shift = 0
        while content[place] & 0x80:
            number |= (content[place] & 0x7F) << shift
            shift, place = shift + 7, place + 1
        numbers.append(number | content[place] << shift)
        place += 1
    return numbers, place
