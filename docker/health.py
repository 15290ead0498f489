"""A container's health check: `python -m docker.health PORT PATH` exits 0 where that address answers 200."""

import os
import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT_S = 4


def served_host(allowed_hosts: str) -> str:
    """Return a host name that Django lets through: the first one that is allowed."""
    first = allowed_hosts.split(",")[0].strip().removeprefix(".")
    return "localhost" if first in ("", "*") else first


def is_healthy(port: int, path: str, host: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        # As the proxy in front would ask: over plain HTTP it might be sent on to HTTPS.
        connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    host = served_host(os.environ.get("ALLOWED_HOSTS", ""))
    sys.exit(not is_healthy(int(sys.argv[1]), sys.argv[2], host))
