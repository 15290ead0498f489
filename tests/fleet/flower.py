"""Flower as a process of its own, asked as a browser does."""

import base64
import json
import subprocess
import sys
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.fleet.processes import CHECKOUT
from tests.fleet.waiting import answers, free_port, wait_for

LOGIN = "watcher:long-enough"


class Flower:
    """A running `manage.py flower`."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.port = free_port()
        self.process = start(environment, "--port", str(self.port), FLOWER_BASIC_AUTH=LOGIN)
        wait_for(lambda: self.process.poll() is not None or answers(self.port), "Flower")
        assert self.process.poll() is None, self.process.communicate()[1]

    def get(self, path: str, login: str | None = LOGIN, method: str = "GET") -> tuple[int, str]:
        headers = {"Authorization": "Basic " + base64.b64encode(login.encode()).decode()} if login else {}
        request = Request(f"http://127.0.0.1:{self.port}{path}", headers=headers, method=method)
        try:
            with urlopen(request, timeout=10) as response:
                return response.status, response.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def tasks(self) -> list[dict[str, Any]]:
        return list(json.loads(self.get("/api/tasks")[1]).values())


def start(environment: dict[str, str], *arguments: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "flower", *arguments],
        cwd=CHECKOUT,
        env={**environment, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
