"""Runs the web application by its name: gunicorn, or waitress where gunicorn cannot run.

Workers load the edition after the fork, because model libraries hang when
they are forked, and each with one thread for the encoder, so that they do
not fight for the cores.
"""

from __future__ import annotations

import importlib
import os
import sys


def serve(name: str, host: str, port: int, workers: int) -> None:
    """Serve the application ``name`` (``module:factory()``) until stopped."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if sys.platform == "win32":
        _waitress(name, host, port, workers)
    else:
        _gunicorn(name, host, port, workers)


def _gunicorn(name: str, host: str, port: int, workers: int) -> None:
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            settings = {
                "bind": f"{host}:{port}",
                "workers": workers,
                "worker_class": "gthread",
                "threads": 4,
                "timeout": 30,
                "graceful_timeout": 15,
                "keepalive": 5,
                "backlog": 256,
                "limit_request_line": 2048,
                "accesslog": None,
                "preload_app": False,
                "control_socket_disable": True,
            }
            for key, value in settings.items():
                if key in self.cfg.settings:
                    self.cfg.set(key, value)

        def load(self) -> object:
            return _application(name)

    Server().run()


def _waitress(name: str, host: str, port: int, workers: int) -> None:
    import waitress

    waitress.serve(_application(name), host=host, port=port, threads=4 * workers)


def _application(name: str) -> object:
    module, _, factory = name.partition(":")
    return getattr(importlib.import_module(module), factory.removesuffix("()"))()
