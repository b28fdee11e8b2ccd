"""Traces, where the settings name a collector. Without one, nothing that could send is even imported."""

from typing import TYPE_CHECKING, Optional

from bonaface.errors import ConfigurationError
from bonaface.settings import TracingSettings

if TYPE_CHECKING:
    from bonaface.observability.spans import Spans

NO_EXTRA = "tracing.endpoint is set; install what sends traces with `pip install 'bonaface[tracing]'`."


def open_tracing(settings: TracingSettings) -> Optional["Spans"]:
    """What makes and sends spans; None where `settings` name no endpoint. Close it to send the last ones.

    Raises ConfigurationError that says what to install where the extra is missing.
    """
    if settings.endpoint is None:
        return None
    try:
        from bonaface.observability.spans import Spans
    except ImportError:
        raise ConfigurationError(NO_EXTRA) from None
    return Spans(settings.endpoint, settings)
