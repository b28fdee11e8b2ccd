"""Which instructions of the processor the kernels use.

Matrix tiles (AMX) are for large matrices: a call is slower with them, since layers are small here
(docs/performance.md, *Matrix tiles*).
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLES = ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA")
"""What oneDNN asks for its most, once, when the first network is compiled (its *CPU Dispatcher Control*)."""
ALL_BUT_AMX = "AVX512_CORE_FP16"
PROCESSORS = Path("/proc/cpuinfo")
_AMX = re.compile(r"^flags\s*:.*\bamx_tile\b", re.MULTILINE)


def has_amx(processors: Path = PROCESSORS) -> bool:
    """Whether the processor has matrix tiles; False where the system does not tell."""
    try:
        return bool(_AMX.search(processors.read_text("ascii", "replace")))
    except OSError:
        return False


@contextmanager
def amx_left_alone(processors: Path = PROCESSORS) -> Iterator[None]:
    """What oneDNN first compiles inside this block has no AMX. A choice of the user's own stays.

    The variable is there no longer than that: a oneDNN of another library in this process is not meant.
    """
    if any(name in os.environ for name in VARIABLES) or not has_amx(processors):
        yield
        return
    os.environ[VARIABLES[0]] = ALL_BUT_AMX
    try:
        yield
    finally:
        os.environ.pop(VARIABLES[0], None)
