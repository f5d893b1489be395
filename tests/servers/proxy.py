"""A wire that breaks where it is told to: a TCP proxy with one fault per connection, placed to the byte.

`with Proxy(port) as wire: wire.plan(Fault(...))` spoils the next connection; those after it are sound.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens when `at` bytes have passed in one direction: reset, close, silence, or one byte turned over."""

    direction: Literal["to_server", "to_client"]
    at: int
    action: Literal["reset", "close", "hang", "flip"] = "reset"


class Proxy:
    """Listens on `port` and passes everything on to a server's port on this machine."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._faults: list[Fault] = []
        self._silent = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.passed = {"to_server": 0, "to_client": 0}
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def plan(self, fault: Fault) -> None:
        """Spoil the next connection this way. `passed` counts bytes from here on."""
        self._faults.append(fault)
        self.passed = {"to_server": 0, "to_client": 0}

    def silence(self) -> None:
        """Pass nothing on from now on, on any connection, and keep them all open."""
        self._silent = True

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            fault = self._faults.pop(0) if self._faults else None
            for direction, source, target in (("to_server", client, server), ("to_client", server, client)):
                mine = fault if fault and fault.direction == direction else None
                arguments = (direction, source, target, mine)
                threading.Thread(target=self._pump, args=arguments, daemon=True).start()

    def _pump(self, direction: str, source: socket.socket, target: socket.socket, fault: Fault | None) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while chunk := source.recv(65536):
                if fault and passed + len(chunk) > fault.at:
                    place = fault.at - passed
                    if fault.action != "flip":
                        target.sendall(chunk[:place])
                        self.passed[direction] += place
                        _break(fault, source, target)
                        return
                    chunk = chunk[:place] + bytes([chunk[place] ^ 0x20]) + chunk[place + 1 :]
                    fault = None
                if self._silent:
                    continue
                target.sendall(chunk)
                passed += len(chunk)
                self.passed[direction] += len(chunk)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def _break(fault: Fault, source: socket.socket, target: socket.socket) -> None:
    if fault.action == "hang":
        return
    for end in (source, target):
        with contextlib.suppress(OSError):
            if fault.action == "reset":
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                # The other pump still waits in recv() and would keep the socket open.
                end.shutdown(socket.SHUT_RD)
            else:
                end.shutdown(socket.SHUT_RDWR)
            end.close()
