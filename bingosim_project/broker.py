"""What Celery is told about the broker. `docs/decisions/broker.md` has the reasons."""

from typing import Any

# Connecting to this fails at once, where Celery's own default would be a broker on this machine.
NO_BROKER = "amqp://broker-url-is-not-set.invalid//"


def celery_settings(url: str | None, namespace: str) -> dict[str, Any]:
    """Return Celery's settings for the broker at `url`; every name there begins with `namespace`."""
    return {**_connections(url), **_messages(namespace), **_worker(), **_monitoring(namespace)}


def _connections(url: str | None) -> dict[str, Any]:
    return {
        "broker_url": url or NO_BROKER,
        "broker_connection_timeout": 3,
        "broker_connection_retry": True,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,  # for ever
        "broker_channel_error_retry": True,
        "broker_heartbeat": 10,
        # A broker short of memory stops reading: writing to it must end some time.
        "broker_transport_options": {"write_timeout": 10},
    }


def _messages(namespace: str) -> dict[str, Any]:
    return {
        "accept_content": ["json"],
        "task_serializer": "json",
        "task_protocol": 2,
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_acks_on_failure": True,
        "task_acks_on_timeout": True,
        "task_reject_on_worker_lost": False,
        "task_track_started": False,
        "task_default_delivery_mode": "persistent",
        # Queues are named by who sends; nothing makes one up.
        "task_create_missing_queues": False,
        "task_default_queue": f"{namespace}.sim.none",
        "task_default_queue_type": "quorum",
        "task_default_exchange": f"{namespace}.sim",
        "task_default_exchange_type": "direct",
        "task_publish_retry": True,
        # One more try is for a connection that died unnoticed; what fails still is sent again later anyway.
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0},
        "timezone": "UTC",
        "enable_utc": True,
    }


def _worker() -> dict[str, Any]:
    return {
        "worker_consumer": "bingosim_project.consumer:Consumer",
        "worker_pool": "threads",
        "worker_concurrency": 1,
        "worker_prefetch_multiplier": 1,
        "worker_detect_quorum_queues": True,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_disable_rate_limits": True,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
    }


def _monitoring(namespace: str) -> dict[str, Any]:
    return {
        "worker_send_task_events": True,
        # It would be confirmed like the message itself, and take as long again.
        "task_send_sent_event": False,
        "event_serializer": "json",
        "event_exchange": f"{namespace}.events",
        "event_queue_prefix": f"{namespace}.events",
        "worker_enable_remote_control": True,
        "control_exchange": f"{namespace}.control",
        # The only kind of control queue that RabbitMQ 3 and 4 both take: it dies with its connection.
        "control_queue_exclusive": True,
        "control_queue_durable": False,
        "event_queue_exclusive": True,
        "event_queue_durable": False,
    }
