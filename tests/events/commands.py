"""Runs commands as a shell does, within the test's process and its transaction."""

import contextlib
import io
import json
from typing import Any, NamedTuple
from unittest.mock import patch

from django.core.management import load_command_class
from django.db import connections


class Ran(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Return the one JSON object that the command printed."""
        assert (self.code, self.err) == (0, "")
        return json.loads(self.out)


def run(command: str, *arguments: str, app: str = "events") -> Ran:
    """Run a command line; return its exit code and what it printed."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    # The test's transaction lives in the connection that a command closes at its end.
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        patch.object(connections, "close_all"),
    ):
        try:
            load_command_class(app, command).run_from_argv(["manage.py", command, *arguments])
        except SystemExit as exit_:
            code = int(exit_.code or 0)
    return Ran(code, out.getvalue(), err.getvalue())
