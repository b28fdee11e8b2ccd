import pytest

from bonaface.errors import ConfigurationError
from bonaface.evaluation.optional_dependencies import require_packages


def test_packages_that_are_there() -> None:
    require_packages()


def test_packages_that_are_missing_are_named_with_what_installs_them() -> None:
    with pytest.raises(ConfigurationError, match=r"with no_such_package; .*'bonaface\[evaluation\]'"):
        require_packages(("jinja2", "no_such_package"))
