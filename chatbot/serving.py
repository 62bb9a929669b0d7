"""Runs the web application by its name: gunicorn, or waitress where gunicorn cannot run.

Workers load the edition after the fork, because model libraries hang when
they are forked, and each with one thread for the encoder, so that they do
not fight for the cores. What the workers share is made before the fork: the
secret under which rate limits know an address, and the folder of the counts
for ``/metrics``.
"""

from __future__ import annotations

import importlib
import os
import secrets
import shutil
import sys
import tempfile

from chatbot.logs import configuration

THREADS = 2
"""Threads of one worker: one computes while another reads or writes."""

CONNECTIONS = 1200
"""Connections that one worker keeps; past that the one that has been idle longest makes room."""


def serve(name: str, host: str, port: int, workers: int) -> None:
    """Serve the application ``name`` (``module:factory()``) until stopped."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if sys.platform == "win32":
        _waitress(name, host, port, workers)
        return
    os.environ.setdefault("CHATBOT_LIMITS_SECRET", secrets.token_hex(32))
    counts = _counts_folder()
    try:
        _raise_file_limit()
        _gunicorn(name, host, port, workers)
    finally:
        if counts:
            shutil.rmtree(counts, ignore_errors=True)


def _gunicorn(name: str, host: str, port: int, workers: int) -> None:
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for key, value in _settings(host, port, workers).items():
                if key in self.cfg.settings:
                    self.cfg.set(key, value)

        def load(self) -> object:
            return _application(name)

    Server().run()


def _settings(host: str, port: int, workers: int) -> dict[str, object]:
    """gunicorn's settings; those that an older gunicorn lacks are left out."""
    return {
        "bind": f"{host}:{port}",
        "workers": workers,
        "worker_class": "chatbot.serving_worker.Worker",
        "threads": THREADS,
        "worker_connections": CONNECTIONS,
        "timeout": 30,
        "graceful_timeout": 15,
        "keepalive": 5,
        "backlog": 512,
        "limit_request_line": 2048,
        "limit_request_fields": 64,
        "forwarded_allow_ips": "",
        "accesslog": None,
        "logger_class": "chatbot.serving_worker.Log",
        "logconfig_dict": configuration(os.environ.get("CHATBOT_LOGS", "text")),
        "preload_app": False,
        "control_socket_disable": True,
    }


def _counts_folder() -> str | None:
    """A fresh folder in which the workers keep their counts together, where /metrics is on."""
    if os.environ.get("CHATBOT_METRICS") != "on":
        return None
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="chatbot-counts-")
    return os.environ["PROMETHEUS_MULTIPROC_DIR"]


def _raise_file_limit() -> None:
    """Let this process hold as many connections as it keeps: many systems begin with 1,024 open files."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * CONNECTIONS if hard == resource.RLIM_INFINITY else min(4 * CONNECTIONS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _waitress(name: str, host: str, port: int, workers: int) -> None:
    import waitress

    waitress.serve(_application(name), host=host, port=port, threads=4 * workers)


def _application(name: str) -> object:
    module, _, factory = name.partition(":")
    return getattr(importlib.import_module(module), factory.removesuffix("()"))()
