"""Compiling the plain engine: by the C compiler of the machine, once for each source and processor."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path

import numpy as np

from benchmarks.report import NotThere
from simulations.benchmark.machine import describe_machine
from simulations.engine import layout
from simulations.engine.compile import EVENT

SOURCES = Path(__file__).parent
BUILT = SOURCES.parents[1] / "var" / "benchmarks" / "plain"
COMPILERS = ("cc", "gcc", "clang")
# What numba does for the engine, too: the strongest optimisation, for this very processor. The model
# doesn't let doubles be fused, for which GCC and Clang need to be told.
OPTIONS = ("-std=c11", "-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC")
HEADER = "tables.h"
C_TYPES = {
    np.int64: "int64_t",
    np.uint64: "uint64_t",
    np.float64: "double",
    np.int16: "int16_t",
    np.uint8: "uint8_t",
}


def build(folder: Path = BUILT) -> Path:
    """Return the shared library in ``folder``, compiled if it isn't there.

    Raises `NotThere` without a C compiler, and RuntimeError with what the compiler says against the sources.
    """
    compiler = find_compiler()
    library = folder / f"plain-{_fingerprint(compiler)}.so"
    if not library.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as work:
            made = _compile(compiler, Path(work))
            made.replace(library)  # at once, since others may build at the same time
    return library


def find_compiler() -> str:
    """Return the path of the C compiler; raise `NotThere` if there is none."""
    for name in COMPILERS:
        if path := shutil.which(name):
            return path
    raise NotThere(f"plain C needs a compiler ({', '.join(COMPILERS)})")


def header() -> str:
    """Return C types for the tables of a compiled event: a row of a table is a struct of its columns."""
    lines = ["#include <stdint.h>", ""]
    lines += [f"enum {{ {', '.join(f'{one.name} = {one.value}' for one in layout.Strategy)} }};"]
    lines += [f"enum {{ NO_TABLE = {layout.NO_TABLE} }};", *_row_struct(layout.Shape, "int64_t")]
    lines += _row_struct(layout.Result, "int64_t")
    pointers: list[str] = []
    for name, field in EVENT.fields.items():
        of = C_TYPES[field.dtype]
        if name == "shape":
            of = layout.Shape.__name__
        elif isinstance(field.columns, IntEnum):
            lines += _row_struct(type(field.columns), of)
            of = type(field.columns).__name__
        pointers.append(f"    const {of} *{name};")
        pointers.append(f"    int64_t n_{name};")
        if field.n_axes > 1:
            pointers.append(f"    int64_t columns_of_{name};")
    return "\n".join([*lines, "typedef struct {", *pointers, "} Event;", ""])


def _row_struct(columns: type[IntEnum], of: str) -> Iterator[str]:
    names = ", ".join(column.name.lower() for column in columns if column.name != "N")
    yield f"typedef struct {{ {of} {names}; }} {columns.__name__};"


def _fingerprint(compiler: str) -> str:
    """Return what decides about the library: sources, compiler, options and, by ``native``, the processor."""
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout
    texts = [path.read_text() for path in sorted(SOURCES.glob("*.[ch]"))]
    texts += [header(), version, " ".join(OPTIONS), str(describe_machine()["cpu"])]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def _compile(compiler: str, work: Path) -> Path:
    (work / HEADER).write_text(header())
    made = work / "plain.so"
    command = [compiler, *OPTIONS, "-I", str(work), "-o", str(made), str(SOURCES / "plain.c"), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stderr}")
    return made
