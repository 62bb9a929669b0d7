"""The server's worker: a request takes a thread when all of it has arrived, and is never left in a growing queue.

gunicorn's threaded worker gives each connection a thread at once, so a few
visitors who send slowly, or nothing, keep everyone else out. Here the main
loop collects each request and only a whole one is handed to a thread. Past a
bound, or after a wait, a request is marked as one too many (``OVERLOADED`` in
its WSGI environment); one thread apart answers those, quickly: the
application shows help if the message calls for it and otherwise asks to come
back. Used by ``chatbot.serving`` only.
"""

from __future__ import annotations

import atexit
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from chatbot.serving_connection import Connection, Refused, whole

OVERLOADED = "chatbot.overloaded"
"""The key of the WSGI environment that says: more requests have come than can be answered in time."""

AT_ONCE = 48
"""How many requests one worker has in hand, waiting ones included, before further ones are too many."""

WAIT_AT_MOST = 1.5
"""Seconds that a request may wait for a thread before it is one too many."""

CROWDED = 16
"""With more requests in hand than this, connections are closed after their answer, so that the next question may go to
a worker that has less to do."""

ARRIVE_WITHIN = 10.0
"""Seconds in which a whole request must arrive."""

LINGER = 2.0
"""Seconds that a connection stays open after its last answer, for the visitor to take it and to close."""

DONE_WITHIN = 60.0
"""Seconds after which a thread that still reads a request gets no more of it."""


class Log(Logger):  # type: ignore[misc]
    """gunicorn's log without a line for each request, which it makes even where nobody hears it."""

    def access(self, resp: object, req: object, environ: object, request_time: object) -> None:
        """Nothing; ``web.request_log`` tells of requests where that is wanted."""


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker with the two bounds that this module's first lines tell of."""

    def init_process(self) -> None:
        self.busy: dict[Any, float] = {}
        self.lingering: deque[Any] = deque()
        self.relief = ThreadPoolExecutor(max_workers=1)
        self.here = threading.local()
        super().init_process()
        self.leave()

    def leave(self) -> None:
        """End this process at once, after what was to be written is written.

        The model libraries are loaded before the fork; on the usual way out
        they wait for threads that only the parent has, or abort.
        """
        self.log.info("Worker exiting (pid: %s)", self.pid)
        atexit._run_exitfuncs()
        os._exit(0)

    def load_wsgi(self) -> None:
        """Tell the application of each request whether it is one too many."""
        application = self.app.wsgi()

        def told(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            environ[OVERLOADED] = self.here.overloaded
            answer: Iterable[bytes] = application(environ, start_response)
            return answer

        self.wsgi = told

    @property
    def max_keepalived(self) -> int:
        """How many connections are kept for a next request: none by a worker that is crowded."""
        return 0 if len(self.busy) > CROWDED else self._most_kept

    @max_keepalived.setter
    def max_keepalived(self, most: int) -> None:
        self._most_kept = most

    def accept(self, listener: socket.socket) -> None:
        """Take in one connection; where there is no room, the one that has been idle longest makes room."""
        self.take(listener)
        if self.nr_conns >= self.worker_connections:
            self.make_room()

    def take(self, listener: socket.socket) -> bool:
        """Take in one connection, if one is waiting."""
        try:
            accepted, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return False
        self.nr_conns += 1
        conn = Connection(self.cfg, accepted, client, listener.getsockname(), self.linger)
        self.collect(conn)
        return True

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take in connections or not; a worker that stops takes in those that wait already, then refuses."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                while self.take(listener):
                    pass
                listener.close()

    def make_room(self) -> None:
        """Close the connection that has been kept longest for a next request, or else waited for longest."""
        for idle in (self.keepalived_conns, self.pending_conns):
            if idle:
                conn = idle.popleft()
                self.poller.unregister(conn.sock)
                self.drop(conn)
                return

    def collect(self, conn: Any) -> None:
        """Begin to collect a request: hand it over if it is whole, else wait for the rest."""
        conn.timeout = time.monotonic() + ARRIVE_WITHIN
        if not self.receive(conn):
            self.pending_conns.append(conn)
            self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def on_pending_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """More of a request has come."""
        if self.receive(conn):
            self.pending_conns.remove(conn)

    def on_client_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """The next request begins on a kept connection."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self.collect(conn)

    def receive(self, conn: Any) -> bool:
        """Read what has come; whether the connection is done with: handed over or closed."""
        ended = True
        try:
            ended = not conn.read()
            length = None if ended else whole(conn.received)
            if length is None and not ended:
                conn.encourage()
                return False
        except Refused as refusal:
            conn.refuse(refusal)
            length = None
        except OSError:
            length = None
        if conn.sock.fileno() in self.poller.get_map():
            self.poller.unregister(conn.sock)
        if length is None:
            self.drop(conn, graceful=not ended)
        else:
            conn.request, conn.received = bytes(conn.received[:length]), conn.received[length:]
            self.enqueue_req(conn)
        return True

    def drop(self, conn: Any, graceful: bool = False) -> None:
        self.nr_conns -= 1
        conn.close(graceful)

    def linger(self, conn: Any) -> None:
        """Say that no more comes; then close when the visitor has closed, or when the time is up."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, EVENT_READ, partial(self.on_lingering_socket_readable, conn))
        except (OSError, ValueError, KeyError):
            conn.close()
            return
        conn.timeout = time.monotonic() + LINGER
        self.lingering.append(conn)

    def on_lingering_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """Throw away what still comes, to the end."""
        if conn.has_ended():
            self.lingering.remove(conn)
            self.let_go(conn)

    def let_go(self, conn: Any) -> None:
        """Close a connection that lingered."""
        self.poller.unregister(conn.sock)
        conn.close()

    def enqueue_req(self, conn: Any) -> None:
        """Give a whole request to a thread: to the one apart when there are too many."""
        self.busy[conn] = time.monotonic()
        self.hand_over(conn, len(self.busy) > AT_ONCE)

    def hand_over(self, conn: Any, overloaded: bool) -> None:
        """Let a thread answer a request, or the one apart that answers what is too many."""

        def finished(done: Future[Any]) -> None:
            if not done.cancelled():
                self.method_queue.defer(self.finish_request, conn, done)

        conn.overloaded = overloaded
        conn.future = (self.relief if overloaded else self.tpool).submit(self.handle, conn)
        conn.future.add_done_callback(finished)

    def relieve_waiting(self) -> None:
        """Hand over to the thread apart what has waited too long: the others may all be held up."""
        late = time.monotonic() - WAIT_AT_MOST
        for conn, began in list(self.busy.items()):
            if began < late and not conn.overloaded and conn.future.cancel():
                self.hand_over(conn, overloaded=True)

    def handle(self, conn: Any) -> Any:
        """Answer a collected request. Runs in a thread."""
        try:
            conn.init()
            conn.parser.unreader.unread(conn.request)
            conn.request, conn.data_ready = b"", True
            self.here.overloaded = conn.overloaded or time.monotonic() - self.busy[conn] > WAIT_AT_MOST
            return super().handle(conn)
        finally:
            self.busy.pop(conn, None)

    def finish_request(self, conn: Any, future: Future[Any]) -> None:
        """Keep the connection for a next request, which may be here already, or close it."""
        conn.continued = False
        super().finish_request(conn, future)
        if conn.received and conn in self.keepalived_conns:
            self.on_client_socket_readable(conn, conn.sock)

    def murder_pending(self) -> None:
        """Close what did not arrive in time, and give no more to a thread that reads for too long."""
        self.relieve_waiting()
        super().murder_pending()
        while self.lingering and self.lingering[0].timeout < time.monotonic():
            self.let_go(self.lingering.popleft())
        oldest = time.monotonic() - DONE_WITHIN
        for conn, began in list(self.busy.items()):
            if began < oldest:
                with suppress(OSError):  # it may have left
                    conn.sock.shutdown(socket.SHUT_RD)

    def _cap_keepalive(self, deadline: float) -> None:
        """When stopping, wait no longer for requests that have only begun than for kept connections."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)
