"""Networks compiled before they are needed, by whoever installs models."""

from typing import TYPE_CHECKING

from bonaface.cli.terminal import messages, output
from bonaface.compiled import cache_of
from bonaface.errors import ModelError, ModelMissingError
from bonaface.settings import Settings

if TYPE_CHECKING:
    from bonaface.runtime.session import CompiledNetworks


def keep_compiled(settings: Settings) -> None:
    """Compile the networks that the settings use and keep them, unless they are kept already.

    Where that cannot be they are compiled at each start, which is told. Nothing is done while one of the
    models is not installed.
    """
    cache = cache_of(settings.models)
    if cache is None or cache.read():
        return
    from bonaface.analyzer import Analyzer  # a second of imports, which only this needs

    networks: CompiledNetworks = {}
    try:
        with messages().status("compiling networks for this processor"):
            Analyzer(settings, compiled=networks)
            cache.write(networks)
    except ModelMissingError:
        return
    except ModelError as error:
        messages().print(f"networks will be compiled at each start: {error}", markup=False)
        return
    output().print("networks: compiled for this processor", markup=False)
