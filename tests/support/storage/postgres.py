"""A real PostgreSQL server of the tests' own: Debian's binaries, a private port, a folder that goes again."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path

import psycopg

from bonaface.serving.processes.lifetime import pipe
from support.network.ports import free_port
from support.servers.lifetime import end_with_us

INSTALLED = Path("/usr/lib/postgresql")
USER = "bonaface"
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")
"""The server never outlives its tests, so nothing needs to survive a power cut."""
SECONDS = 60
WITH_STRATEGY = 150000
"""The first version that may be told how to copy."""


@dataclass
class PostgresServer:
    """A running server; `url` is of its maintenance database, `create` makes one for a test."""

    folder: Path
    port: int
    password: str
    settings: Sequence[str] = QUICK
    _ours: FileIO = field(init=False, repr=False)
    """Closed, it ends the server."""
    _maintenance: psycopg.Connection | None = field(init=False, repr=False, default=None)
    """Kept: a new one costs more than what it is for."""

    @property
    def url(self) -> str:
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def create(self) -> str:
        """The URL of a new, empty database."""
        return self.copy(self.url_of("template1"))

    def copy(self, url: str) -> str:
        """The URL of a new database with what that of `url` holds; nothing may be connected to it.

        By its files: through the log of changes, the default since version 15, takes four times as long.
        """
        name = f"t{secrets.token_hex(6)}"
        by_files = "STRATEGY FILE_COPY" if self._version >= WITH_STRATEGY else ""
        self._maintain(f"CREATE DATABASE {name} TEMPLATE {url.rpartition('/')[2]} {by_files}")
        return self.url_of(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        self._maintain(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def start(self) -> None:
        """Start the server, or start it again after `stop`."""
        options = " ".join(f"-c {setting}" for setting in self.settings)
        sockets = f"-k {self.folder} -h 127.0.0.1 -p {self.port}"
        theirs, self._ours = pipe()
        command = ("pg_ctl", "start", "-w", "-D", self.data, "-l", self.folder / "log")
        _run(*command, "-o", f"{sockets} {options}", inherited=[theirs.fileno()])
        end_with_us(self.pid, theirs, signal.SIGQUIT)  # an immediate shutdown

    def stop(self, how: str = "immediate") -> None:
        """Stop the server and cut its connections: at once, as if it crashed, or in order (`fast`).

        Nothing happens to one that does not run.
        """
        if self._maintenance is not None:
            self._maintenance.close()
        if not (self.data / "postmaster.pid").exists():
            return
        _run("pg_ctl", "stop", "-w", "-m", how, "-D", self.data)
        self._ours.close()

    @contextmanager
    def standby(self) -> Iterator["PostgresServer"]:
        """A second server that follows this one, which waits for it with each commit that it may not lose.

        It takes reads until it is promoted.
        """
        self._maintain(f"ALTER ROLE {USER} SET synchronous_commit = on")
        with _new(self.password) as follower:
            base = ("--no-sync", "-R", "-X", "stream", "-c", "fast", "-d", self.url, "-D", follower.data)
            _run("pg_basebackup", *base)
            follower.start()
            try:
                self._maintain("ALTER SYSTEM SET synchronous_standby_names = '*'")
                self._maintain("SELECT pg_reload_conf()")
                yield follower
            finally:
                follower.stop()

    def promote(self) -> None:
        """Have a standby take writes, and wait for no standby of its own."""
        _run("pg_ctl", "promote", "-w", "-D", self.data)
        self._maintain("ALTER SYSTEM RESET synchronous_standby_names")
        self._maintain("SELECT pg_reload_conf()")

    def url_with(self, other: "PostgresServer", database: str) -> str:
        """The URL of a database on whichever of the two takes writes."""
        hosts = "&".join(f"host=127.0.0.1:{server.port}" for server in (self, other))
        return f"postgresql://{USER}:{self.password}@/{database}?{hosts}&target_session_attrs=read-write"

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Every process of it stands still while the block runs; the kernel still takes connections."""
        postmaster = self.pid
        os.kill(postmaster, signal.SIGSTOP)  # first: it makes no more of them
        processes = [postmaster, *_children(postmaster)]
        _send(processes, signal.SIGSTOP)
        try:
            yield
        finally:
            _send(processes, signal.SIGCONT)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def pid(self) -> int:
        """Its first process."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    @property
    def _version(self) -> int:
        """As 150004."""
        return self._connection.info.server_version

    @property
    def _connection(self) -> psycopg.Connection:
        if self._maintenance is None or self._maintenance.closed:
            self._maintenance = psycopg.connect(self.url, autocommit=True)
        return self._maintenance

    def _maintain(self, statement: str) -> None:
        self._connection.execute(statement)


def why_not() -> str | None:
    """Why no server can be started here; None where one can."""
    if not any(INSTALLED.glob("*/bin/initdb")):
        return "needs PostgreSQL's server (Debian: apt-get install postgresql)"
    return None


@contextmanager
def running_postgres(settings: Sequence[str] = QUICK) -> Iterator[PostgresServer]:
    """A server while the block runs."""
    with _new(secrets.token_hex(16), settings) as server:
        _initialise(server)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def _new(password: str, settings: Sequence[str] = QUICK) -> Iterator[PostgresServer]:
    """A server without data, whose folder goes at the end of the block."""
    folder = Path(tempfile.mkdtemp(prefix="bonaface-postgres-"))
    _give_away(folder)
    try:
        yield PostgresServer(folder, free_port(), password, settings)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _give_away(path: Path) -> None:
    """To the user of the server, which refuses to run as root."""
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(path, owner.pw_uid, owner.pw_gid)


def _initialise(server: PostgresServer) -> None:
    password = server.folder / "password"
    password.write_text(server.password)
    _give_away(password)
    _run(
        "initdb", "--no-sync", "-A", "scram-sha-256", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8",
        f"--pwfile={password}", "-D", server.data,
    )  # fmt: skip


def _run(program: str, *arguments: str | Path, inherited: Sequence[int] = ()) -> None:
    binary = max(INSTALLED.glob(f"*/bin/{program}"), key=lambda path: int(path.parts[4]))
    command = [str(binary), *map(str, arguments)]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    done = subprocess.run(
        command,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=SECONDS,
        check=False,
        pass_fds=inherited,
    )
    if done.returncode:
        raise RuntimeError(f"{program} ended with {done.returncode}")


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            after_name = stat.read_text().rpartition(")")[2].split()
            if int(after_name[1]) == parent:
                found.append(int(stat.parent.name))
    return found


def _send(processes: list[int], number: int) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, number)
