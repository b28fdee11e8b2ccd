"""Keeps the stack that signals are handled on as it was.

OpenVINO gives the thread that loads a network a stack of its own for signals, and takes it back when the
network goes. When networks go in another order than they came, or in another thread, what is left is the
address of freed memory, and the next signal, SIGTERM perhaps, ends the process with a segmentation fault.
"""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class SignalStack(ctypes.Structure):
    """`stack_t` of Linux: where the signals of a thread are handled."""

    _fields_ = (("address", ctypes.c_void_p), ("flags", ctypes.c_int), ("size", ctypes.c_size_t))

    @classmethod
    def now(cls) -> "SignalStack":
        """That of this thread."""
        stack = cls()
        ctypes.CDLL(None).sigaltstack(None, ctypes.byref(stack))
        return stack

    def use(self) -> None:
        """Have this thread use it. The kernel refuses one that is too small for the registers in use."""
        ctypes.CDLL(None).sigaltstack(ctypes.byref(self), None)


@contextmanager
def signal_stack_kept() -> Iterator[None]:
    """After the block this thread handles signals where it did before."""
    before = SignalStack.now() if sys.platform == "linux" else None
    try:
        yield
    finally:
        if before is not None:
            before.use()
