"""The folder of compiled kernels follows the engine's sources, and old ones go."""

import importlib.util
import os
import shutil
import tempfile
from pathlib import Path
from types import ModuleType

import pytest
from numba.core import config
from numba.core.registry import cpu_target

import simulations.engine
from simulations.engine import cache, is_warm, warmup
from simulations.engine.folders import FOLDER_PREFIX, cache_root

ENGINE = Path(simulations.engine.__file__).parent


@pytest.fixture
def copied(tmp_path: Path) -> ModuleType:
    """Return the cache module of a copy of the engine."""
    shutil.copytree(ENGINE, tmp_path / "engine", ignore=shutil.ignore_patterns("__pycache__"))
    spec = importlib.util.spec_from_file_location("copied_cache", tmp_path / "engine" / "cache.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "kernels"
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(folder))
    return folder


def sources_of(module: ModuleType) -> Path:
    return Path(str(module.__file__)).parent


def test_the_key_stays_while_nothing_changes(copied: ModuleType) -> None:
    assert copied.kernels_key() == copied.kernels_key()


def test_another_place_has_a_key_of_its_own(copied: ModuleType) -> None:
    """A kernel knows where its sources are."""
    assert copied.kernels_key() != cache.kernels_key()


def test_another_processor_has_a_key_of_its_own(copied: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    before = copied.kernels_key()
    monkeypatch.setattr(copied.config, "CPU_NAME", "x86-64-v2")
    assert copied.kernels_key() != before


def test_other_features_of_a_processor_have_a_key_of_their_own(
    copied: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kernel that uses what a processor lacks would end the process."""
    monkeypatch.setattr(copied.config, "CPU_NAME", "x86-64-v3")
    keys = set()
    for features in (None, "", "-avx2"):
        monkeypatch.setattr(copied.config, "CPU_FEATURES", features)
        keys.add(copied.kernels_key())
    assert len(keys) == 3


def test_the_key_is_of_the_processor_that_numba_compiles_for() -> None:
    _, *processor = cpu_target.target_context.codegen().magic_tuple()
    assert cache._processor() == tuple(processor)


@pytest.mark.parametrize("name", sorted(path.name for path in ENGINE.glob("*.py")))
def test_every_source_file_changes_the_key(copied: ModuleType, name: str) -> None:
    before = copied.kernels_key()
    with (sources_of(copied) / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert copied.kernels_key() != before


def test_a_new_file_changes_the_key(copied: ModuleType) -> None:
    before = copied.kernels_key()
    (sources_of(copied) / "new.py").touch()
    assert copied.kernels_key() != before


def test_a_renamed_file_changes_the_key(copied: ModuleType) -> None:
    before = copied.kernels_key()
    (sources_of(copied) / "draws.py").rename(sources_of(copied) / "lots.py")
    assert copied.kernels_key() != before


def test_changed_sources_get_another_folder(copied: ModuleType, root: Path) -> None:
    first = copied.prepare_cache()
    (sources_of(copied) / "draws.py").write_text("", encoding="utf-8")
    second = copied.prepare_cache()
    assert first != second
    assert {first, second} == set(root.iterdir())


def make_folders(root: Path, n_folders: int) -> list[Path]:
    """Make folders of kernels, the oldest first."""
    folders = [root / f"{FOLDER_PREFIX}{number}" for number in range(n_folders)]
    for age, folder in enumerate(reversed(folders), start=1):
        folder.mkdir(parents=True)
        (folder / "a.kernel").touch()
        os.utime(folder, (1e9 - age, 1e9 - age))
    return folders


def test_the_oldest_folders_go(root: Path) -> None:
    folders = make_folders(root, 6)
    mine = cache.prepare_cache()
    assert set(root.iterdir()) == {mine, *folders[-(cache.KEPT_FOLDERS - 1) :]}


def test_a_folder_in_use_stays_young(root: Path) -> None:
    mine = cache.prepare_cache()
    make_folders(root, 6)
    os.utime(mine, (1, 1))
    assert cache.prepare_cache() == mine
    assert mine.is_dir()


def test_other_files_in_the_cache_stay(root: Path) -> None:
    make_folders(root, 6)
    (root / "something-else").mkdir()
    cache.prepare_cache()
    assert (root / "something-else").is_dir()


def test_a_cache_that_cannot_be_written_is_made_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A file where the folder should be stops even the superuser.
    (tmp_path / "file").touch()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file" / "kernels"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    folder = cache.prepare_cache()
    assert folder.is_dir()
    assert folder.is_relative_to(tmp_path / "temporary")


def test_kernels_need_no_folder_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk none can be made; then kernels are compiled and not kept."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file" / "kernels"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    assert not cache.prepare_cache().exists()


def test_the_users_cache_folder_is_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_root() == tmp_path / "bingosim"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_root() == Path.home() / ".cache" / "bingosim"


def test_kernels_are_kept_in_the_prepared_folder() -> None:
    warmup()
    folder = Path(config.CACHE_DIR)
    assert folder.name.startswith(FOLDER_PREFIX)
    assert folder.parent == cache_root()
    assert list(folder.glob("*.kernel"))
    assert is_warm()


def test_an_empty_cache_is_cold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    assert not is_warm()
