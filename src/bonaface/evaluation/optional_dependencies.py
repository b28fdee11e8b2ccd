"""The packages that charts and reports need, which a plain installation leaves out."""

from importlib.util import find_spec

from bonaface.errors import ConfigurationError

PACKAGES = ("matplotlib", "jinja2")


def require_packages(packages: tuple[str, ...] = PACKAGES) -> None:
    """Raises ConfigurationError that says what to install when one of the packages is missing."""
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise ConfigurationError(
            f"This command draws charts with {' and '.join(missing)}; "
            "install them with `pip install 'bonaface[evaluation]'`."
        )
