"""Computing on this machine: a server that forks computing processes, and the pool that steers them.

Nothing here knows Django or a database: the processes only compute, the parent stores.
"""
