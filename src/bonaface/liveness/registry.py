"""Opens the PAD model that a catalog entry names."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from bonaface.liveness.base import ClippingModel, LivenessModel
from bonaface.liveness.fusion import FusedModel
from bonaface.liveness.grey import GreyModel
from bonaface.liveness.minifas import MinifasModel
from bonaface.models.catalog import PadEntry, PadNetwork
from bonaface.models.store import ModelStore
from bonaface.runtime.helper_pool import HelperPool
from bonaface.runtime.session import SessionFactory, SessionOptions


def open_liveness_model(
    entry: PadEntry, store: ModelStore, factory: SessionFactory, lanes: int, helpers: HelperPool | None = None
) -> ClippingModel:
    """The entry's networks on verified weights, fused as its calibration says; `helpers` shares the faces.

    Raises ModelMissingError or ModelCorruptError when the weights are not the catalog's.
    """

    def open_network(network: PadNetwork) -> tuple[LivenessModel, float]:
        options = SessionOptions(lanes=lanes, shapes=MinifasModel.input_shapes(network))
        session = factory(partial(store.read, entry, network.file), options)
        return MinifasModel(session, network), network.weight

    with ThreadPoolExecutor(len(entry.networks)) as pool:  # an engine takes 0.2 s to make one ready
        networks = list(pool.map(open_network, entry.networks))
    fused = FusedModel(networks, entry.calibration.clip, helpers)
    return GreyModel(fused, entry.grey) if entry.grey else fused
