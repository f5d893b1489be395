"""Python imports this by itself when the folder is on PYTHONPATH: the process dies as it is about to change a file.

`DIE_AT=words@2` ends it at the second change whose names hold these words, in code that knows no failpoints.
"""

import os
import sys

_CHANGES = frozenset({"os.mkdir", "os.rename", "os.link", "os.remove", "ctypes.dlsym"})
"""`ctypes.dlsym` is the exchange of two names, for which Python has no function."""
_WRITING = os.O_CREAT | os.O_WRONLY | os.O_RDWR
_words, _, _count = os.environ.get("DIE_AT", "").partition("@")
_left = int(_count or 0)


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    global _left
    writing = (
        event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_CREAT | os.O_WRONLY | os.O_RDWR)
    )
    if (writing or event in _CHANGES) and _words in repr(arguments):
        _left -= 1
        if not _left:
            os._exit(137)


if _words:
    sys.addaudithook(_watch)
