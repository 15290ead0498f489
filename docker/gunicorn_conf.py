"""How gunicorn serves the web application, in the image and in `make stack`; only its addresses differ."""

from pathlib import Path

from bingosim_project.settings import LOGGING, TRUSTED_PROXIES

wsgi_app = "bingosim_project.wsgi:application"

# Pages wait for the database rather than compute: threads do, and two processes survive one that dies.
workers = 2
worker_class = "gthread"
threads = 8

# A large export may take its time; a process that is silent for longer is replaced.
timeout = 60
# Below the grace period that compose gives, so that requests under way are answered before a stop.
graceful_timeout = 20
# Memory that requests leave behind goes with the process; not all at once.
max_requests = 10_000
max_requests_jitter = 1_000

# Heartbeat files belong into memory: on a disk under load a process would pass for dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
# Nobody steers it but by signals, and the file system is read-only.
control_socket_disable = True

# Its own lines are written as all others are.
logconfig_dict = LOGGING
accesslog = None

# One list for who may say that a request came over TLS, and from where.
forwarded_allow_ips = ",".join(map(str, TRUSTED_PROXIES))
