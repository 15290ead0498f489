"""When the database is not there, or is there and can't: what to wait for rather than to fail by."""

import psycopg
from django.db import InterfaceError, OperationalError
from psycopg.errors import IdleInTransactionSessionTimeout, ReadOnlySqlTransaction

# To the driver these are internal errors, as if the statement were to blame.
NOT_THE_STATEMENT = (IdleInTransactionSessionTimeout, ReadOnlySqlTransaction)


def is_outage(error: Exception) -> bool:
    """Return whether an error says nothing of what was asked, and trying again may do.

    No connection, or no more of it; a full disk, no memory, too many connections, a server that starts,
    stops, recovers or takes no writes: all that is mended elsewhere.
    """
    operational = isinstance(error, OperationalError | InterfaceError | psycopg.OperationalError)
    return operational or isinstance(error.__cause__, NOT_THE_STATEMENT)


def outage_text(error: Exception) -> str:
    """Say in one line what an outage is."""
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    what = "can't do what it is asked" if said_by_server(error) else "does not answer"
    return f"the database {what}: {reason}"


def said_by_server(error: Exception) -> bool:
    """Return whether a server that was reached says so: what it says is true for others, too."""
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    return isinstance(cause, psycopg.Error) and cause.sqlstate is not None
