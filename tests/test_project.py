"""Promises that the project as a whole makes: its files, documentation, requirements and commands."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from bingosim_project.env import read_environment

ROOT: Path = settings.BASE_DIR
NOT_OURS = {".git", "var", "node_modules", "__pycache__"}
LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")


def project_files(pattern: str = "*") -> Iterator[Path]:
    """Yield the project's own files, without what making and running it leaves behind."""
    for path in sorted(ROOT.rglob(pattern)):
        parts = path.relative_to(ROOT).parts
        hidden = any(
            part in NOT_OURS or part.startswith(".venv") or part.endswith("_cache") for part in parts
        )
        if path.is_file() and not hidden:
            yield path


def project_apps() -> list[Path]:
    return [Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == ROOT]


def command_names() -> list[str]:
    """The management commands that are the project's own."""
    files = (path for app in project_apps() for path in (app / "management/commands").glob("[a-z]*.py"))
    return sorted(path.stem for path in files)


def requirement_pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+) \\$", text, flags=re.MULTILINE))


def heading_anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", command_names())
def test_every_command_has_a_test(name: str) -> None:
    called = re.compile(rf"""["']{name}["' ]""")
    assert any(called.search(path.read_text()) for path in project_files("test_*.py"))


def test_every_app_stands_under_the_import_contracts() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert {app.name for app in project_apps()} <= set(rules["root_packages"])
    layered = {app for rule in rules["contracts"] if rule["type"] == "layers" for app in rule["containers"]}
    assert {app.name for app in project_apps()} <= layered


def test_every_migration_has_a_name() -> None:
    names = [path.stem for app in project_apps() for path in (app / "migrations").glob("[0-9]*.py")]
    assert names
    assert not [name for name in names if "_auto_" in name]


def test_no_file_names_a_package_registry() -> None:
    # Put together here, so that this file holds none either.
    registries = [
        ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs", "org"))
    ]
    naming = [
        str(path.relative_to(ROOT))
        for path in project_files()
        if any(registry.encode() in path.read_bytes() for registry in registries)
    ]
    assert naming == []


@pytest.mark.parametrize("page", [str(path.relative_to(ROOT)) for path in project_files("*.md")])
def test_links_lead_somewhere(page: str) -> None:
    source = ROOT / page
    for link in LINK.findall(source.read_text()):
        if "://" in link:
            continue
        target, _, anchor = link.partition("#")
        path = (source.parent / target).resolve() if target else source
        assert path.exists(), link
        if anchor:
            assert anchor in heading_anchors(path), link


def test_the_index_leads_to_every_page_of_the_documentation() -> None:
    index = ROOT / "docs/README.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in LINK.findall(index.read_text())}
    assert [page.name for page in (ROOT / "docs").rglob("*.md") if page != index and page not in linked] == []


def test_every_environment_variable_is_documented(tmp_path: Path) -> None:
    asked = set()

    class Asked(dict[str, str]):
        def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
            asked.add(name)
            return default

    read_environment(Asked(), tmp_path)
    # The engine knows no settings: it asks for itself.
    for path in (ROOT / "simulations/engine").glob("*.py"):
        asked.update(re.findall(r'environ\.get\("([A-Z_]+)"\)', path.read_text()))
    documented = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs/environment.md").read_text(), re.MULTILINE))
    assert documented == asked


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_requirements_are_pinned_by_hash_and_name_no_place(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    entries = re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).strip())
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+==\S+ \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n?)+$", entry), entry


def test_development_uses_the_versions_that_run() -> None:
    runtime, dev = requirement_pins("runtime"), requirement_pins("dev")
    assert runtime
    assert {name: dev.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_every_dependency_has_a_written_reason(name: str) -> None:
    asked = re.findall(
        r"^([a-z][a-z0-9.-]*)", (ROOT / "requirements" / f"{name}.in").read_text(), flags=re.MULTILINE
    )
    rows = re.findall(
        r"^\| ([a-z][^|]*) \|", (ROOT / "docs/decisions/dependencies.md").read_text(), re.MULTILINE
    )
    explained = {package for row in rows for package in row.split(", ")}
    assert asked
    assert set(asked) - explained == set()
