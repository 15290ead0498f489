"""A TCP proxy in front of a service, so that one worker alone loses it."""

import socket
import threading
from contextlib import suppress
from typing import Self

from tests.fleet.waiting import wait_for

CHUNK = 65_536


class Proxy:
    """Passes on what goes to its ``port``; `cut` breaks connections, `stall` lets them hang in silence."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._flowing = threading.Event()
        self._flowing.set()
        self._cut = False
        self._last_words = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self._flowing.set()
        self._break()

    def cut(self) -> None:
        """Break all connections, and refuse new ones."""
        self._cut = True
        self._break()

    def stall(self) -> None:
        """Pass on nothing more, and say nothing: as a firewall that forgot its connections."""
        self._flowing.clear()

    def stall_after(self, words: bytes) -> None:
        """Stall as soon as something with these words was passed on, such as a part of a statement."""
        self._last_words = words

    def mend(self) -> None:
        """Work again; connections that hung are lost."""
        if not self._flowing.is_set():
            self._break()
            self._flowing.set()
        self._cut = False

    def wait_until_used(self) -> None:
        wait_for(lambda: self._open, "a connection through the proxy")

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._cut:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._target_port), timeout=5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            with self._lock:
                self._open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                self._flowing.wait()
                if self._last_words and self._last_words in data:
                    self._last_words = b""
                    self.stall()
                sink.sendall(data)
        self._close(source, sink)

    def _break(self) -> None:
        with self._lock:
            broken = list(self._open)
        self._close(*broken)

    def _close(self, *sockets: socket.socket) -> None:
        for one in sockets:
            with self._lock:
                self._open.discard(one)
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
