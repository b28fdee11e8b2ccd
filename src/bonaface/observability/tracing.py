"""Traces, where the settings name a collector. Without one, nothing of OpenTelemetry is even imported."""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Optional

from bonaface.errors import ConfigurationError
from bonaface.settings import TracingSettings

if TYPE_CHECKING:
    from bonaface.observability.spans import Spans

PACKAGE = "opentelemetry"
NO_EXTRA = "tracing.endpoint is set; install what sends traces with `pip install 'bonaface[tracing]'`."


def open_tracing(settings: TracingSettings) -> Optional["Spans"]:
    """What makes and sends spans; None where `settings` name no endpoint. Close it to send the last ones.

    Raises ConfigurationError that says what to install where the extra is missing.
    """
    if settings.endpoint is None:
        return None
    if find_spec(PACKAGE) is None or find_spec(f"{PACKAGE}.sdk") is None:
        raise ConfigurationError(NO_EXTRA)
    from bonaface.observability.spans import Spans

    return Spans(settings.endpoint, settings)
