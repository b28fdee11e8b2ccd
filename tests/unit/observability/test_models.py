"""Which models run, as a metric."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from bonaface.errors import ModelMissingError
from bonaface.models.catalog import load_catalog
from bonaface.observability.models import ModelInfo
from bonaface.runtime.engines import session_factory
from bonaface.settings import ModelSettings
from support.observability.scrape import Scrape


def test_one_series_a_file_with_its_hash_and_engine() -> None:
    registry = CollectorRegistry()
    registry.register(ModelInfo(ModelSettings(runtime="onnxruntime")))
    found = Scrape.of(generate_latest(registry).decode())
    catalog = load_catalog()
    files = [*catalog.detector("bonaface-face").all_files, *catalog.pad("bonaface-pad").all_files]
    told = [dict(labels) for labels in found.labels("bonaface_model_info")]
    assert {(each["file"], each["sha256"]) for each in told} == {
        (file.name, file.sha256[:16]) for file in files
    }
    assert {(each["task"], each["model"]) for each in told} == {
        ("detection", "bonaface-face"),
        ("pad", "bonaface-pad"),
    }
    assert {each["engine"] for each in told} == {session_factory("onnxruntime").engine}
    assert found.value("bonaface_model_info") == len(files)


def test_nothing_is_looked_up_until_somebody_asks() -> None:
    info = ModelInfo(ModelSettings(pad="no-such-model"))
    CollectorRegistry().register(info)  # a registry asks for the name alone
    with pytest.raises(ModelMissingError):
        list(info.collect())
