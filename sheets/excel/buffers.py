"""Large buffers, as a sheet's XML is one, go back to the system as soon as they are let go of.

The C library of Linux would else learn from the first of them to cut later ones out of its heap, and keep them there.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from functools import cache

_M_MMAP_THRESHOLD = -3
_LARGE = 8 << 20


@cache
def give_back_large() -> None:
    """Ask for it, once per process; where the C library knows nothing of it, all stays as it is."""
    if sys.platform.startswith("linux"):
        with suppress(AttributeError):
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)
