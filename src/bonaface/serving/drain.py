"""Whether the server is on its way to a stop."""


class Drain:
    """Begun once, by the first signal; a balancer that asks /readyz then sends nothing new."""

    def __init__(self) -> None:
        self._is_on = False

    @property
    def is_on(self) -> bool:
        """Whether it has begun."""
        return self._is_on

    def begin(self) -> None:
        """It begins; safe in a signal handler."""
        self._is_on = True
