"""What an administrator's token may do."""

from enum import StrEnum


class Role(StrEnum):
    """Each may do what those before it may."""

    VIEWER = "viewer"
    """Read everything."""
    OPERATOR = "operator"
    """Change applications, secrets, quotas, and what decides."""
    OWNER = "owner"
    """Make, list and revoke administrators' tokens."""

    def includes(self, needed: "Role") -> bool:
        """Whether it may do what `needed` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)
