"""How many connections the file descriptors of this process allow."""

MOST = 2000
"""Each may hold 256 KiB that nobody has read yet: half a gigabyte together."""
RESERVED = 300
"""For files, pipes, the database and downloads of images."""


def usable_connections() -> int:
    """2,000, or what the limit on open files (`ulimit -n`) leaves: all but 300, and half at least."""
    try:
        import resource
    except ImportError:  # not on Windows
        return MOST
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST
    return min(MOST, max(soft - RESERVED, soft // 2))
