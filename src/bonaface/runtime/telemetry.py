"""Keeps the inference engines from reporting home.

Left alone, both do so from their very import on: OpenVINO sends an event to a web analytics service and
writes an identifier into the home folder; ONNX Runtime (since 1.29) starts an uploader and keeps a device
id and a cache of events there. A product that keeps faces in its own network does neither.
"""

import os
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from types import ModuleType
from typing import TypeVar

_REPORTER = "openvino_telemetry"
_OPT_OUT = "ORT_DISABLE_TELEMETRY"


@contextmanager
def reports_blocked() -> Iterator[None]:
    """Import an engine inside; nothing that it does later in this process reports either.

    OpenVINO finds no reporter and takes its own stand-in; ONNX Runtime reads its opt-out once and for all.
    Environment and modules are as before afterwards. An engine that was imported before is left as it is.
    """
    modules: dict[str, ModuleType | None] = sys.modules  # type: ignore[assignment]
    reporter, opt_out = modules.get(_REPORTER), os.environ.get(_OPT_OUT)
    modules[_REPORTER] = None
    os.environ[_OPT_OUT] = "1"
    try:
        yield
    finally:
        _restore(modules, _REPORTER, reporter)
        _restore(os.environ, _OPT_OUT, opt_out)


_Value = TypeVar("_Value")


def _restore(mapping: MutableMapping[str, _Value], name: str, value: _Value | None) -> None:
    if value is None:
        mapping.pop(name, None)
    else:
        mapping[name] = value
