"""A container's health check: `python -m docker.health PORT PATH` exits 0 where that address answers 200."""

import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT_S = 4


def is_healthy(port: int, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not is_healthy(int(sys.argv[1]), sys.argv[2]))
