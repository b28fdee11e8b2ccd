import pytest

from bonaface.accounts.role import Role


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("needed", Role)
def test_each_role_includes_itself_and_those_before_it(role: Role, needed: Role) -> None:
    assert role.includes(needed) is (list(Role).index(needed) <= list(Role).index(role))
