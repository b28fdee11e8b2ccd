"""The compiled networks that are kept of the models that the settings name (docs/models.md)."""

from typing import TYPE_CHECKING

from bonaface.models.catalog import load_catalog
from bonaface.runtime.compilation_cache import CompilationCache, compilation_cache
from bonaface.settings import ModelSettings

if TYPE_CHECKING:
    from bonaface.runtime.session import CompiledNetworks


def cache_of(models: ModelSettings) -> CompilationCache | None:
    """None where the engine compiles nothing that can be kept. Raises ModelMissingError as `Analyzer`."""
    if models.runtime == "onnxruntime":
        return None
    catalog = load_catalog()
    entries = (catalog.detector(models.detector), catalog.pad(models.pad))
    return compilation_cache(models.directory, [file.sha256 for entry in entries for file in entry.all_files])


def read_kept(models: ModelSettings) -> "CompiledNetworks":
    """What is kept, by digest; nothing where that is nothing. Raises as `cache_of` does."""
    cache = cache_of(models)
    return {} if cache is None else cache.read()
