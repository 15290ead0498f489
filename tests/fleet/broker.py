"""A RabbitMQ that the tests start themselves, to restart, purge and starve it."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import amqp

from tests.fleet import processes
from tests.fleet.waiting import answers, free_port, wait_for
from tests.services import missing

# Debian's wrappers on the path change the user; the scripts below run as whoever calls them.
SCRIPTS = Path("/usr/lib/rabbitmq/bin")
DEFAULT_WATERMARK = "0.4"
START_S = 90.0


class Broker:
    """One node, with its own ports, folder, name and cookie."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._epmd_port = free_port()
        self._node = f"bingosim-{secrets.token_hex(4)}@localhost"
        self._epmd: subprocess.Popen[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._write_configuration()

    @property
    def url(self) -> str:
        return self.url_at(self.port)

    @staticmethod
    def url_at(port: int, *, user: str = "guest", password: str = "guest") -> str:
        return f"amqp://{user}:{password}@127.0.0.1:{port}//"

    def ensure_up(self) -> None:
        """Start it, unless it is there."""
        if not self._accepts():
            self.kill()
            self.start()

    def start(self) -> None:
        self._start_epmd()
        env = self._env() | {"RABBITMQ_ALLOW_INPUT": "1"}  # the script gives way to the node
        command = [_script("rabbitmq-server"), "-noinput"]
        self._process = processes.start(command, env=env, cwd=self.folder, log=self.folder / "console.log")
        wait_for(self._accepts_or_died, f"RabbitMQ in {self.folder}", patience_s=START_S, every_s=0.2)

    def stop(self) -> None:
        """End the node in order."""
        self._ctl("stop", check=False)
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=30)
        self.kill()

    def kill(self) -> None:
        """End the node as a crash would."""
        if self._process is not None:
            processes.end(self._process)
            self._process = None

    def close(self) -> None:
        self.kill()
        if self._epmd is not None:
            processes.end(self._epmd)

    @contextmanager
    def blocked(self) -> Iterator[None]:
        """Raise the memory alarm, so that no publisher gets a message in."""
        self._ctl("set_vm_memory_high_watermark", "0.000001")
        try:
            wait_for(self._is_blocked, "the memory alarm")
            yield
        finally:
            self._ctl("set_vm_memory_high_watermark", DEFAULT_WATERMARK)

    @contextmanager
    def channel(self) -> Iterator[Any]:
        with amqp.Connection(f"127.0.0.1:{self.port}", connect_timeout=5) as connection:
            yield connection.channel()

    def purge(self, queue: str) -> int:
        """Return how many messages were lost by it."""
        with self.channel() as channel:
            return int(channel.queue_purge(queue))

    def delete_queues(self, queues: Iterable[str]) -> None:
        """Delete queues; those that are not there are no error."""
        with self.channel() as channel:
            for queue in queues:
                channel.queue_delete(queue)

    def length(self, queue: str) -> int | None:
        """Return how many messages wait; None where there is no such queue."""
        with self.channel() as channel:
            try:
                return int(channel.queue_declare(queue, passive=True).message_count)
            except amqp.NotFound:
                return None

    def consumers(self, queue: str) -> int:
        with self.channel() as channel:
            return int(channel.queue_declare(queue, passive=True).consumer_count)

    def can_read(self, queue: str) -> bool:
        """Return whether the broker can say what is in a queue that it knows."""
        with amqp.Connection(f"127.0.0.1:{self.port}", connect_timeout=5, read_timeout=2) as connection:
            try:
                connection.channel().basic_get(queue)
            except TimeoutError:
                # It would wait for an answer to its goodbye.
                connection.collect()
                return False
        return True

    def take(self, queue: str) -> Any | None:
        """Take a message from a queue, for good; None where none waits."""
        with self.channel() as channel:
            return channel.basic_get(queue, no_ack=True)

    def publish(self, queue: str, body: bytes | str, **properties: Any) -> None:
        with self.channel() as channel:
            channel.confirm_select()
            channel.basic_publish_confirm(amqp.Message(body, **properties), exchange="", routing_key=queue)

    def queues(self, prefix: str) -> list[str]:
        listed = self._ctl("list_queues", "name", "--silent").splitlines()
        return [name for name in map(str.strip, listed) if name.startswith(prefix)]

    def _is_blocked(self) -> bool:
        with amqp.Connection(f"127.0.0.1:{self.port}", connect_timeout=5) as connection:
            channel = connection.channel()
            channel.confirm_select()
            try:
                channel.basic_publish_confirm(amqp.Message("?"), routing_key="nowhere", confirm_timeout=0.5)
            except TimeoutError:
                # It would wait for an answer to its goodbye.
                connection.collect()
                return True
        return False

    def _accepts(self) -> bool:
        if not answers(self.port):
            return False
        try:
            with self.channel():
                return True
        except (OSError, amqp.AMQPError):
            return False

    def _accepts_or_died(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "console.log").read_text()[-2000:]
        return self._accepts()

    def _start_epmd(self) -> None:
        """Erlang's names of nodes; its own, since a node would leave a shared one behind as a daemon."""
        if self._epmd is not None and self._epmd.poll() is None:
            return
        epmd = shutil.which("epmd")
        assert epmd is not None
        command = [epmd, "-port", str(self._epmd_port), "-address", "127.0.0.1"]
        self._epmd = processes.start(command, log=self.folder / "epmd.log", cwd=self.folder)
        wait_for(lambda: answers(self._epmd_port), "epmd", patience_s=10)

    def _write_configuration(self) -> None:
        (self.folder / "plugins").write_text("[].\n")
        # Tests wait for a purged or dead consumer no longer than they have to.
        configuration = [f"listeners.tcp.1 = 127.0.0.1:{self.port}", "collect_statistics_interval = 1000"]
        (self.folder / "rabbitmq.conf").write_text("\n".join(configuration) + "\n")
        (self.folder / "environment").touch()

    def _env(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("RABBITMQ_")}
        return inherited | {
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            # On this machine only, and with the names above.
            "ERL_FLAGS": "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false",
            "RABBITMQ_NODENAME": self._node,
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "environment"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
        }

    def _ctl(self, *arguments: str, check: bool = True) -> str:
        command = [_script("rabbitmqctl"), "--node", self._node, *arguments]
        done = subprocess.run(
            command, env=self._env(), cwd=self.folder, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout


def require_rabbitmq() -> None:
    """Skip the test where no RabbitMQ can be started."""
    if not (SCRIPTS / "rabbitmq-server").exists() or shutil.which("epmd") is None:
        missing("no RabbitMQ is installed, of which tests start their own: `apt-get install rabbitmq-server`")


def _script(name: str) -> str:
    return str(SCRIPTS / name)
