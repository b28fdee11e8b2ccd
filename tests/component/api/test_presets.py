"""`/admin/v1/presets` over a real socket: what is in force, and its file loaded anew."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from bonaface import Analyzer
from bonaface.accounts.role import Role
from bonaface.models.loaded_presets import load_presets
from bonaface.settings import ModelSettings
from support.http.wire import form
from support.models.presets_file import write_presets
from support.observability.scrape import Scrape, scrape
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR

NOBODY = {"weak": 0.999999, "balanced": 0.999999, "strict": 0.999999}
"""Presets by which everybody is a presentation attack."""


@dataclass(frozen=True)
class Own:
    """A server whose presets come from a file, and what its administrators and callers ask of it."""

    server: RunningServer
    file: Path

    def admin(self, role: Role = Role.OPERATOR) -> httpx2.Client:
        _, token = self.server.services.admin_tokens.create(os.urandom(4).hex(), role=role, actor=ACTOR)
        headers = {"Authorization": f"Bearer {token}"}
        return httpx2.Client(base_url=self.server.url, headers=headers, trust_env=False, timeout=30)

    def spoofing(self, image: bytes) -> bool:
        kind, body = form(("imageFile", "a.png", image))
        with self.server.client() as client:
            answer = client.post(self.server.path, content=body, headers={"Content-Type": kind}).json()
        (face,) = answer["data"]["faceDetails"]
        spoofing: bool = face["spoofing"]
        return spoofing

    def ready(self) -> dict[str, object]:
        with self.server.client() as client:
            told: dict[str, object] = client.get("/readyz").json()["presets"]
        return told

    def trail(self) -> list[tuple[str, object]]:
        """Who had presets loaded, and the threshold of weak in them, newest first."""
        with self.admin() as admin:
            items = admin.get("/admin/v1/audit", params={"action": "presets.load"}).json()["items"]
        return [(item["actor"].split(":")[0], item["detail"]["weak"]) for item in items]


@pytest.fixture
def own(analyzer: Analyzer, model_settings: ModelSettings, tmp_path: Path) -> Iterator[Own]:
    file = write_presets(tmp_path / "presets.toml", 0.2, 0.3, 0.4)
    models = model_settings.model_copy(update={"presets": file}).model_dump()
    mine = analyzer.with_calibration(load_presets(file, model_settings.pad).calibration)
    with running(mine, settings_in(tmp_path, models=models, metrics={"port": 0})) as server:
        yield Own(server, file)


def test_what_is_loaded_anew_decides_and_is_told_everywhere(own: Own, portrait: bytes) -> None:
    assert not own.spoofing(portrait)
    assert own.trail() == [("server", 0.2)]
    write_presets(own.file, **NOBODY)
    assert not own.spoofing(portrait)  # nobody said that it is to be loaded
    with own.admin() as admin:
        loaded = admin.post("/admin/v1/presets/reload")
        assert loaded.status_code == 200
        expected = load_presets(own.file, "bonaface-pad")
        assert loaded.json() == {
            "source": str(own.file),
            "sha256": expected.sha256,
            "version": expected.version,
            "defaultPreset": "balanced",
            "thresholds": NOBODY,
        }
        assert admin.get("/admin/v1/presets").json() == loaded.json()
        assert admin.get("/admin/v1/models").json()["thresholds"] == NOBODY
        assert admin.post("/admin/v1/presets/reload").json() == loaded.json()
    assert own.spoofing(portrait)
    assert own.ready() == {"source": "file", "sha256": expected.sha256, "version": expected.version}
    assert own.trail() == [("token", NOBODY["weak"]), ("server", 0.2)]


def test_where_the_file_does_not_hold_the_old_ones_stay(own: Own, portrait: bytes) -> None:
    before = own.ready()
    write_presets(own.file, weak=0.9)
    with own.admin() as admin:
        refused = admin.post("/admin/v1/presets/reload")
        assert refused.status_code == 409
        detail = refused.json()["detail"]
        assert "must not fall from weak to balanced to strict" in detail
        assert detail.endswith("The presets that are in force stay so.")
        own.file.unlink()
        assert "cannot be read" in admin.post("/admin/v1/presets/reload").json()["detail"]
        assert admin.get("/admin/v1/models").json()["thresholds"]["weak"] == 0.2
    assert own.ready() == before
    assert own.trail() == [("server", 0.2)]
    assert not own.spoofing(portrait)


def test_scores_are_held_against_the_reference_of_what_was_loaded(own: Own) -> None:
    assert own.server.metrics_url is not None
    edges = [number / 10 for number in range(1, 10)]
    spread = f"edges = {edges}\nbona_fide = {[0] * 9 + [1]}\nattack = {[1] + [0] * 9}"
    own.file.write_text(f"{own.file.read_text()}[reference]\n{spread}\n")
    with own.admin() as admin:
        assert admin.post("/admin/v1/presets/reload").status_code == 200
    found: Scrape = scrape(own.server.metrics_url)
    assert found.value("bonaface_score_bin_expected_share", bin="9", attacks="0.1") == 0.9


def test_a_viewer_may_read_them_and_not_have_them_loaded(own: Own) -> None:
    with own.admin(Role.VIEWER) as viewer:
        assert viewer.get("/admin/v1/presets").status_code == 200
        assert viewer.post("/admin/v1/presets/reload").status_code == 403


def test_those_of_the_model_cannot_be_loaded_anew(analyzer: Analyzer, tmp_path: Path) -> None:
    with running(analyzer, settings_in(tmp_path)) as server:
        plain = Own(server, tmp_path / "none.toml")
        with plain.admin() as admin:
            assert admin.get("/admin/v1/presets").json()["source"] == "bonaface-pad"
            refused = admin.post("/admin/v1/presets/reload")
    assert refused.status_code == 409
    assert "models.presets" in refused.json()["detail"]


def test_a_server_that_starts_with_the_same_ones_writes_nothing_down(
    analyzer: Analyzer, model_settings: ModelSettings, tmp_path: Path
) -> None:
    file = write_presets(tmp_path / "presets.toml")
    settings = settings_in(tmp_path, models=model_settings.model_copy(update={"presets": file}).model_dump())
    for thresholds, entries in ((0.3, 1), (0.3, 1), (0.25, 2)):
        write_presets(file, thresholds)
        with running(analyzer, settings) as server:
            assert len(Own(server, file).trail()) == entries
