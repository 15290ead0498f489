"""What to type for another command, in hints that people copy."""

import shlex
import shutil
import sys
from pathlib import Path

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"


def command_line(arguments: str) -> str:
    """Return what to type, in the current folder, to run a command of the project with this Python."""
    return f"{python_name()} {shlex.quote(_from_here(MANAGE))} {arguments}"


def python_name() -> str:
    """Return what to type for the Python that runs this: its path from here, or `python` where that is it."""
    name = _from_here(Path(sys.executable))
    return "python" if Path(name).is_absolute() and shutil.which("python") == name else shlex.quote(name)


def _from_here(path: Path) -> str:
    """Return a path as it is named in the current folder, if it lies below it."""
    try:
        here = Path.cwd()
    except OSError:  # the folder was removed
        return str(path)
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
