"""What processes that decode strangers' images get of this one's environment: what is listed here, no more.

Passwords, cloud keys and settings come in variables of any name, in any case. So names that libraries need
are listed one by one; a new one is added here, when a library needs it.
"""

import os
from collections.abc import Mapping

SYSTEM = (
    "HOME PATH TMPDIR TZ TZDIR NO_COLOR TERM"
    " LANG LANGUAGE LC_ALL LC_COLLATE LC_CTYPE LC_MESSAGES LC_MONETARY LC_NUMERIC LC_TIME"
    " LD_LIBRARY_PATH LD_PRELOAD GLIBC_TUNABLES MALLOC_ARENA_MAX MALLOC_MMAP_MAX_ MALLOC_MMAP_THRESHOLD_"
    " MALLOC_PERTURB_ MALLOC_TOP_PAD_ MALLOC_TRIM_THRESHOLD_"
)
PYTHON = (
    "PYTHONDEVMODE PYTHONDONTWRITEBYTECODE PYTHONFAULTHANDLER PYTHONHASHSEED PYTHONHOME PYTHONIOENCODING"
    " PYTHONMALLOC PYTHONNOUSERSITE PYTHONOPTIMIZE PYTHONPATH PYTHONPYCACHEPREFIX PYTHONTRACEMALLOC"
    " PYTHONUNBUFFERED PYTHONUSERBASE PYTHONUTF8 PYTHONWARNINGS"
    " COVERAGE_FILE COVERAGE_PROCESS_CONFIG COVERAGE_PROCESS_START COVERAGE_RCFILE"
)
ENGINES = (
    "OMP_DYNAMIC OMP_NUM_THREADS OMP_PLACES OMP_PROC_BIND OMP_WAIT_POLICY KMP_AFFINITY KMP_BLOCKTIME"
    " OPENBLAS_CORETYPE OPENBLAS_NUM_THREADS MKL_NUM_THREADS NPY_DISABLE_CPU_FEATURES"
    " DNNL_MAX_CPU_ISA DNNL_VERBOSE ONEDNN_MAX_CPU_ISA ONEDNN_VERBOSE"
    " OPENCV_CPU_DISABLE OPENCV_FOR_THREADS_NUM OPENCV_LOG_LEVEL OPENCV_OPENCL_RUNTIME"
    " OPENVINO_LOG_LEVEL OV_CPU_MAX_ISA ORT_LOGGING_LEVEL TBB_VERSION"
)
NAMES = frozenset(f"{SYSTEM} {PYTHON} {ENGINES}".split())

ONE_THREAD = {"MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Unless given. An arena for each thread that ever compiled a network would make a worker 30 MB larger."""


def environment(given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Of `given` the variables that are listed, and what keeps libraries to one thread."""
    return {**ONE_THREAD, **{name: value for name, value in given.items() if name in NAMES}}
