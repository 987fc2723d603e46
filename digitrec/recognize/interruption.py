"""What Ctrl+C does to a command: it ends it with one sentence, whenever it comes.

Python's own way is an exception wherever the program happens to be, and a traceback if that is in
an import or at the end. The standard library only.
"""

import atexit
import os
import signal
import sys
from contextlib import suppress


class Interruption:
    """Ctrl+C in a process that is a command's own.

    Where SIGINT is ignored, as in a shell's background jobs, it stays so.

    Args:
        sentence: What is written to the error output.
        status: The exit status.
        is_ours: Whether the process is the command's own; in another's, nothing is changed.

    Attributes:
        has_come: Whether KeyboardInterrupt has been raised. Libraries make anything of it.
    """

    def __init__(self, sentence: str, status: int, *, is_ours: bool):
        self._sentence, self._status = sentence, status
        self._is_ending = False
        self.has_come = False
        self._is_handled = is_ours and signal.getsignal(signal.SIGINT) != signal.SIG_IGN
        if self._is_handled:
            # The descriptor itself may be redirected, while a network is loaded.
            self._stderr = os.dup(sys.stderr.fileno())
            self.end_at_once()
            # At the very end Python would restore what SIGINT does by default.
            atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)

    def end_at_once(self) -> None:
        """From now on it ends the process: nothing has begun yet, or all is done."""
        if self._is_handled and not self.has_come:
            signal.signal(signal.SIGINT, self._end)

    def unwind(self) -> None:
        """From now on it raises KeyboardInterrupt, once: files and processes are open."""
        if self._is_handled:
            signal.signal(signal.SIGINT, self._raise_once)
            sys.unraisablehook = self._end_if_lost

    def _end(self, *_: object) -> None:
        if self._is_ending:  # pressed again while the sentence is written
            return
        self._is_ending = True
        with suppress(OSError):
            os.write(self._stderr, self._sentence.encode())
        os._exit(self._status)

    def _raise_once(self, *_: object) -> None:
        if not self.has_come:
            self.has_come = True
            raise KeyboardInterrupt

    def _end_if_lost(self, lost: "sys.UnraisableHookArgs") -> None:
        """An exception in a finalizer does not reach the command."""
        if isinstance(lost.exc_value, KeyboardInterrupt):
            self._end()
        sys.__unraisablehook__(lost)
