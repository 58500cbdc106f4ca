"""The one thread of the run that hears what the keeper and the supervisors say."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from evtbdd.keeper.supervision.wire import Frames, encoded

if TYPE_CHECKING:
    from evtbdd.keeper.supervision.wire import Frame

_PIECE = 262_144


class Connection:
    """A socket whose frames go to `on_frame`, and whose end, however it comes, to `on_end`.

    Both are called from the reader's thread. Any thread may send.
    """

    def __init__(
        self,
        sock: socket.socket,
        on_frame: Callable[[Frame, bytes], None],
        on_end: Callable[[], None],
    ) -> None:
        self.sock = sock
        self._on_end = on_end
        self._on_frame = on_frame
        self._frames = Frames()
        self._sending = threading.Lock()

    def send(self, frame: Frame, *descriptors: int) -> bool:
        """Send the frame, and open files with it; False when nobody is there to hear it.

        Waits as long as the socket's own timeout says for room in its buffer.
        """
        data = encoded(frame)
        # Locked against `close`: the number of a closed socket may be another socket's.
        with self._sending:
            try:
                if descriptors:
                    data = data[socket.send_fds(self.sock, [data], descriptors) :]
                self.sock.sendall(data)
            except OSError:
                return False
        return True

    def close(self) -> None:
        """Nothing is sent or heard any more."""
        with self._sending:
            self.sock.close()
        self._on_end()

    def hear(self) -> bool:
        """Take what has arrived; False when nothing will come any more."""
        try:
            data = self.sock.recv(_PIECE)
        except OSError:
            return False
        for frame, payload in self._frames.feed(data):
            self._on_frame(frame, payload)
        return bool(data)


class Reader:
    """Listens to connections, from the first one until the last of them has ended."""

    def __init__(self, first: Connection) -> None:
        self._selector = selectors.DefaultSelector()
        self._coming: deque[Connection] = deque()
        self._bell, self._bell_rope = socket.socketpair()
        self._bell.setblocking(False)
        self._bell_rope.setblocking(False)
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._selector.register(first.sock, selectors.EVENT_READ, first)
        self._stopped = self._ended = False
        self._adding = threading.Lock()
        self.thread = threading.Thread(target=self._listen, name="evtbdd keeper", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self.thread.start()

    def add(self, connection: Connection) -> None:
        """Listen to this one too; it is closed at once if the reader has ended."""
        with self._adding:
            if not self._ended:
                self._coming.append(connection)
                self._ring()
                return
        connection.close()

    def stop(self) -> None:
        """Let go of all connections, whatever they may still have to say."""
        self._stopped = True
        self._ring()

    def _ring(self) -> None:
        # A full bell is rung already; one that is gone has nobody to wake.
        with contextlib.suppress(OSError):
            self._bell_rope.send(b".")

    def _listen(self) -> None:
        while not self._finished():
            for key, _ in self._selector.select():
                if key.data is None:
                    self._answer_bell()
                elif not key.data.hear():
                    self._let_go(key.data)
        self._answer_bell()
        for key in list(self._selector.get_map().values()):
            if key.data is not None:
                self._let_go(key.data)
        self._selector.close()
        self._bell.close()
        self._bell_rope.close()

    def _finished(self) -> bool:
        with self._adding:
            alone = len(self._selector.get_map()) == 1 and not self._coming
            self._ended = alone or self._stopped
            return self._ended

    def _answer_bell(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._bell.recv(4096)
        while self._coming:
            connection = self._coming.popleft()
            self._selector.register(connection.sock, selectors.EVENT_READ, connection)

    def _let_go(self, connection: Connection) -> None:
        self._selector.unregister(connection.sock)
        connection.close()
