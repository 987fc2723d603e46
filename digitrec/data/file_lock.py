"""Lock an open file, so that two programs do not write the same thing at the same time."""

import errno
import os
import sys
from typing import IO

# Windows keeps others from reading a locked byte, so one behind the end of any file is locked.
PLACE = 2**62
NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}  # as some network file systems say


def lock(file: IO) -> bool | None:
    """Lock a file without waiting, until it is closed or this process ends in whatever way.

    Args:
        file: Open for writing.

    Returns:
        Whether it is locked now: False if it was locked already, None where the file system has
        no locks.
    """
    try:
        _lock(file.fileno())
    except (BlockingIOError, PermissionError):
        return False
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
        return None
    return True


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        position = os.lseek(descriptor, 0, os.SEEK_CUR)
        os.lseek(descriptor, PLACE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(descriptor, position, os.SEEK_SET)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
