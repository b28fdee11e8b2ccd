"""Whether there are traces at all."""

import subprocess
import sys

import pytest

from bonaface.errors import ConfigurationError
from bonaface.observability.tracing import open_tracing
from bonaface.settings import TracingSettings, load_settings

ON = TracingSettings(endpoint="http://127.0.0.1:9")

PROGRAM = """
import sys
from bonaface.api import app, services
from bonaface.server import run
from bonaface.observability.tracing import open_tracing
from bonaface.settings import TracingSettings
assert open_tracing(TracingSettings()) is None
print([name for name in sys.modules if name.startswith(("opentelemetry.sdk", "opentelemetry.exporter"))])
"""


def test_off_imports_nothing_that_could_send() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, timeout=60, check=True)
    assert done.stdout.decode().strip() == "[]"


def test_on_gives_what_makes_spans() -> None:
    spans = open_tracing(ON)
    assert spans is not None
    spans.close()


@pytest.mark.parametrize(
    "missing", ["opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http.trace_exporter"]
)
def test_a_missing_extra_is_a_sentence_that_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delitem(sys.modules, "bonaface.observability.spans", raising=False)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ConfigurationError, match=r"pip install 'bonaface\[tracing\]'"):
        open_tracing(ON)


@pytest.mark.parametrize(
    "endpoint", ["127.0.0.1:4318", "ftp://host", "http://", "http://host/?token=x", "http://host/#x"]
)
def test_an_endpoint_that_is_no_base_url_is_refused(endpoint: str) -> None:
    with pytest.raises(ConfigurationError, match=r"tracing\.endpoint"):
        load_settings(tracing={"endpoint": endpoint})
