"""compose.yaml and what belongs to it: checked as far as that goes without a Docker engine."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from docker import native
from docker.health import is_healthy

CHECKOUT = Path(__file__).resolve().parents[1]
COMPOSE = (CHECKOUT / "compose.yaml").read_text()
DOCKERFILE = (CHECKOUT / "docker" / "Dockerfile").read_text()
KEY = "a key that is long enough and has been made up for these tests"
# It runs once and ends: the others wait for its success.
ONE_SHOT = "migrate"
BYTES = {"k": 10**3, "m": 10**6, "g": 10**9}


@cache
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = YAML(typ="safe").load(COMPOSE)["services"]
    return found


def every_service() -> list[str]:
    return sorted(services())


def long_running() -> list[str]:
    return sorted(set(services()) - {ONE_SHOT})


def variables() -> dict[str, str]:
    """Return the variables that compose.yaml reads, with what follows their names: `:?…` or `:-…`."""
    return dict(re.findall(r"\$\{(\w+)([^}]*)\}", COMPOSE))


def development() -> dict[str, str]:
    lines = (CHECKOUT / "docker" / "dev.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def in_bytes(text: str) -> int:
    number, unit = re.fullmatch(r"(\d+)([kmg])b?", text.lower()).groups()  # type: ignore[union-attr]
    return int(number) * BYTES[unit]


def test_the_file_follows_the_compose_schema() -> None:
    schema = json.loads((files("check_jsonschema.builtin_schemas.vendor") / "compose-spec.json").read_text())
    jsonschema.validate(YAML(typ="safe").load(COMPOSE), schema)


def test_all_services_are_there() -> None:
    assert set(services()) == {"postgres", "rabbitmq", "migrate", "web", "worker", "flower"}


@pytest.mark.parametrize("name", every_service())
def test_a_service_may_do_no_more_than_it_needs(name: str) -> None:
    service = services()[name]
    assert service["user"] not in ("root", "0", "0:0")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "network_mode", "pid"} & set(service)


@pytest.mark.parametrize("name", every_service())
def test_a_service_has_bounds(name: str) -> None:
    limits = services()[name]["deploy"]["resources"]["limits"]
    assert set(limits) == {"cpus", "memory", "pids"}
    assert services()[name]["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", long_running())
def test_a_service_is_watched_restarted_and_stopped_softly(name: str) -> None:
    service = services()[name]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["restart"] == "unless-stopped"
    assert service["stop_grace_period"].endswith("s")


def test_what_needs_tables_waits_for_migrations() -> None:
    assert services()[ONE_SHOT]["restart"] == "no"
    assert services()[ONE_SHOT]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in ("web", "worker"):
        assert services()[name]["depends_on"] == {
            ONE_SHOT: {"condition": "service_completed_successfully"},
            "postgres": {"condition": "service_healthy"},
            "rabbitmq": {"condition": "service_healthy"},
        }


def test_workers_are_replicas_without_an_index() -> None:
    worker = services()["worker"]
    assert worker["deploy"]["replicas"] == "${WORKER_REPLICAS:-2}"
    assert not {"WORKER_INDEX", "WORKER_COUNT"} & set(worker["environment"])
    assert not {"container_name", "hostname", "ports"} & set(worker)


def test_ports_are_published_on_this_machine_only_unless_told_otherwise() -> None:
    published = [port for service in services().values() for port in service.get("ports", ())]
    assert published
    assert all(re.fullmatch(r"\$\{PUBLISH_\w+:-127\.0\.0\.1:\d+\}:\d+", port) for port in published)


def test_the_database_is_on_no_network_that_leads_outside() -> None:
    assert services()["postgres"]["networks"] == ["inside"]
    assert YAML(typ="safe").load(COMPOSE)["networks"]["inside"] == {"internal": True}


def test_secrets_have_no_default() -> None:
    secret = [name for name in variables() if re.search(r"PASSWORD|SECRET|AUTH", name)]
    assert set(secret) == {"POSTGRES_PASSWORD", "RABBITMQ_PASSWORD", "SECRET_KEY", "FLOWER_BASIC_AUTH"}
    assert all(variables()[name].startswith(":?") for name in secret)


@pytest.mark.parametrize("name", every_service())
def test_no_secret_is_written_down(name: str) -> None:
    for variable, value in services()[name].get("environment", {}).items():
        if re.search(r"PASS|SECRET|AUTH|_URL", variable):
            assert "${" in value, variable
            assert not re.search(r"://[^:@/]+:[^$][^@]*@", value), variable


def test_the_development_profile_sets_all_that_must_be_set() -> None:
    needed = {name for name, rest in variables().items() if rest.startswith(":?")}
    assert needed <= set(development()) <= set(variables())


def test_development_passwords_say_what_they_are() -> None:
    for name, value in development().items():
        if re.search(r"PASSWORD|SECRET|AUTH", name):
            assert "development-only" in value


def test_every_variable_is_documented() -> None:
    page = (CHECKOUT / "docs" / "operations.md").read_text()
    assert [name for name in variables() if f"`{name}`" not in page] == []


def test_the_documented_metrics_are_there() -> None:
    page = (CHECKOUT / "docs" / "operations.md").read_text()
    sources = [CHECKOUT / "simulations" / name for name in ("metrics.py", "worker/meter.py")]
    known = set(re.findall(r'"(bingosim_\w+)"', "".join(path.read_text() for path in sources)))
    named = {name.removesuffix("_total") for name in re.findall(r"bingosim_[a-z_]+", page)}
    assert len(named) > 10
    assert named <= known


def test_volumes_and_files_are_there() -> None:
    declared = set(YAML(typ="safe").load(COMPOSE)["volumes"])
    for service in services().values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert (CHECKOUT / source).is_file() if source.startswith("./") else source in declared


def rabbitmq_settings() -> dict[str, str]:
    lines = (CHECKOUT / "docker" / "rabbitmq.conf").read_text().splitlines()
    pairs = (line.split("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def test_the_broker_blocks_publishers_before_it_is_killed() -> None:
    limit = services()["rabbitmq"]["deploy"]["resources"]["limits"]["memory"]
    watermark = rabbitmq_settings()["vm_memory_high_watermark.absolute"]
    assert in_bytes(watermark) <= 0.7 * in_bytes(limit)


def test_the_broker_waits_for_the_longest_batch() -> None:
    from simulations.worker.runner import LONGEST_S

    assert int(rabbitmq_settings()["consumer_timeout"]) >= 60 * 1000 * LONGEST_S


def test_queues_are_quorum_queues_unless_they_say_otherwise() -> None:
    assert rabbitmq_settings()["default_queue_type"] == "quorum"


def stages() -> list[str]:
    return re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]


def test_the_image_runs_as_nobody_in_particular() -> None:
    user = re.findall(r"^USER (\S+)$", stages()[-1], flags=re.MULTILINE)
    assert user == ["10001:10001"]
    assert {services()[name]["user"] for name in ("migrate", "web", "worker", "flower")} == set(user)


def test_the_image_is_built_from_pinned_requirements() -> None:
    assert re.findall(r"pip install (.*)", DOCKERFILE) == ["--require-hashes -r requirements/runtime.txt"]
    assert all(re.match(r"python:\$\{PYTHON\}-slim-\w+ AS \w+", stage) for stage in stages())
    assert "ADD " not in DOCKERFILE


def test_kernels_are_compiled_for_the_processor_that_they_run_on() -> None:
    build, runtime = stages()
    assert re.findall(r"ARG (NUMBA_CPU_NAME=\S+)", build) == re.findall(r"ARG (NUMBA_CPU_NAME=\S+)", runtime)
    # Empty: the named processor's, not those of the machine that builds.
    assert "NUMBA_CPU_FEATURES='' " in build
    assert 'NUMBA_CPU_FEATURES=""' in runtime


def test_the_dockerfile_satisfies_hadolint() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    subprocess.run(
        [hadolint, "--failure-threshold", "warning", "docker/Dockerfile"], cwd=CHECKOUT, check=True
    )


def context_of_the_image(target: Path) -> Path:
    """Copy what .dockerignore lets into the image, and return the folder."""
    lines = (CHECKOUT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    for name in (line[1:] for line in lines if line.startswith("!")):
        source, destination = CHECKOUT / name, target / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, destination, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, destination)
    return target


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return context_of_the_image(tmp_path_factory.mktemp("image") / "app")


def run_in(image: Path, *command: str, **environment: str) -> str:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    # On the image's PATH the virtual environment comes first.
    kept["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    done = subprocess.run(
        command, cwd=image, env={**kept, **environment}, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def image_environment() -> dict[str, str]:
    """Return what the Dockerfile's last stage sets for numba, arguments resolved."""
    arguments = dict(re.findall(r"^ARG (\w+)=(\S+)", stages()[-1], flags=re.MULTILINE))
    pairs = re.findall(r"(NUMBA_CPU\w+)=(\S+)", stages()[-1].partition("ENV")[2].partition("\n\n")[0])
    return {name: arguments.get(value.strip("${}"), value.strip('"')) for name, value in pairs}


def test_the_image_holds_only_what_it_runs(image: Path) -> None:
    there = {path.name for path in image.iterdir()}
    assert {"manage.py", "bingosim_project", "events", "simulations", "docker", "requirements"} <= there
    assert not {"tests", "benchmarks", ".git", ".venv", "var", "db.sqlite3"} & there


def test_the_image_holds_what_its_services_start(image: Path) -> None:
    for name in ("web", "worker", "flower"):
        check = services()[name]["healthcheck"]["test"]
        assert (image / f"{check[3].replace('.', '/')}.py").is_file()
    entry = json.loads(re.findall(r"^ENTRYPOINT (.*)$", DOCKERFILE, flags=re.MULTILINE)[0])[0]
    assert os.access(image / Path(entry).relative_to("/app"), os.X_OK)


@pytest.mark.parametrize("name", ["migrate", "worker", "flower"])
def test_the_image_has_the_commands_of_its_services(image: Path, name: str) -> None:
    settings = {"DEBUG": "0", "SECRET_KEY": KEY, "ALLOWED_HOSTS": "localhost"}
    assert "usage:" in run_in(image, *services()[name]["command"], "--help", **settings)


def test_the_image_serves_the_application(image: Path) -> None:
    command = json.loads(re.findall(r"^CMD (.*)$", DOCKERFILE, flags=re.MULTILINE)[0])
    run_in(image, *command, "--check-config", DEBUG="0", SECRET_KEY=KEY, ALLOWED_HOSTS="localhost")


def test_static_files_are_collected_with_production_settings(image: Path) -> None:
    (step,) = re.findall(r"^RUN (DEBUG=0 .*collectstatic.*)$", DOCKERFILE, flags=re.MULTILINE)
    assert "static files copied" in run_in(image, "sh", "-c", step)


def test_a_new_volume_gets_the_kernels_of_the_image(image: Path, tmp_path: Path) -> None:
    kernels, volume = tmp_path / "kernels", tmp_path / "volume"
    volume.mkdir()
    numba = image_environment()
    assert numba == {"NUMBA_CPU_NAME": "x86-64-v3", "NUMBA_CPU_FEATURES": ""}
    built = run_in(image, "python", "manage.py", "warmup", "--json", NUMBA_CACHE_DIR=str(kernels), **numba)
    assert json.loads(built)["compiled"] is True
    before = compiled_files(kernels)
    keep_whole_seconds(image)

    started = {"NUMBA_CACHE_DIR": str(volume), "BINGOSIM_IMAGE_KERNELS": str(kernels), **numba}
    loaded = run_in(image, "docker/entrypoint.sh", "python", "manage.py", "warmup", "--json", **started)
    assert json.loads(loaded)["compiled"] is False
    # Loaded indeed: a kernel that can't be used is compiled and written once more.
    assert compiled_files(volume) == before
    assert run_in(image, "docker/entrypoint.sh", "echo", "again", **started) == "again\n"


def keep_whole_seconds(folder: Path) -> None:
    """Do to files' times what storing them as an image does."""
    for path in folder.rglob("*.py"):
        os.utime(path, (int(path.stat().st_atime), int(path.stat().st_mtime)))


def compiled_files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.kernel")}


def test_the_stack_serves_as_the_image_does() -> None:
    command = json.loads(re.findall(r"^CMD (.*)$", DOCKERFILE, flags=re.MULTILINE)[0])
    bind = ["--bind", "0.0.0.0:8000", "--bind", "0.0.0.0:9100"]
    assert command == ["gunicorn", *native.GUNICORN[3:], *bind]
    assert "command" not in services()["web"]


def test_the_stack_starts_the_same_commands_with_the_same_grace() -> None:
    for name in ("worker", "flower"):
        assert services()[name]["command"] == ["python", *native.MANAGE[1:], name]
    assert {name: f"{grace}s" for name, grace in native.GRACE_S.items()} == {
        name: services()[name]["stop_grace_period"] for name in native.GRACE_S
    }


def test_gunicorn_stops_within_its_grace() -> None:
    from docker import gunicorn_conf

    assert gunicorn_conf.graceful_timeout < native.GRACE_S["web"]


@pytest.mark.parametrize("name", ["web", "worker"])
def test_figures_are_served_within_where_health_is_checked(name: str) -> None:
    port = services()[name]["environment"]["METRICS_PORT"]
    assert services()[name]["healthcheck"]["test"][4] == port
    assert not [mapping for mapping in services()[name].get("ports", ()) if mapping.endswith(f":{port}")]
    assert f'--bind", "0.0.0.0:{port}' in DOCKERFILE


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 500)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_only_an_answer_of_200_is_healthy() -> None:
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert is_healthy(server.server_port, "/healthz")
        assert not is_healthy(server.server_port, "/other")
        server.shutdown()
    assert not is_healthy(native.free_port(), "/healthz")
