"""What the signature of an answer costs its request: on the event loop, one thread.

    PYTHONPATH=tests:. python -m benchmarks.signing [--rounds 2000]

Answers of a single image with one face, of ten frames with one face each, and of the most that a capture may
tell. Canonical JSON (RFC 8785) and Ed25519 are timed by themselves, too.
"""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import typer

from benchmarks.timing import interleaved, pin_to_one_core
from bonaface.api.v2.options import Options
from bonaface.api.v2.presenter import answer_of
from bonaface.clock import utc_now
from bonaface.evidence.canonical_json import canonical_json, without
from bonaface.evidence.file_signer import FileSigner
from bonaface.evidence.key_file import make_key_file, read_key_file
from bonaface.evidence.signature import MEMBER
from bonaface.evidence.signing_key import make_key
from bonaface.settings import FaceSettings
from support.models.analyses import a_face, an_analysis, an_inspection

FRAMES = 10
MICRO = 1000


def main(rounds: int = 2000) -> None:
    """Print microseconds of processor time, medians, for each answer."""
    pin_to_one_core()
    most = FaceSettings().most_in(FRAMES)
    kinds = {
        "one image, one face": (1, 1),
        f"one image, {FaceSettings().max_faces} faces": (1, FaceSettings().max_faces),
        f"{FRAMES} frames, one face each": (FRAMES, 1),
        f"{FRAMES} frames, {most} faces each": (FRAMES, most),
    }
    with TemporaryDirectory() as folder:
        path = Path(folder) / "signing.json"
        make_key_file(path, make_key(utc_now(), utc_now()))
        for name, (frames, faces) in kinds.items():
            typer.echo(told(name, _answer(frames, faces), path, rounds))


def _answer(frames: int, faces: int) -> dict[str, object]:
    inspection = an_inspection(*[an_analysis(*[a_face()] * faces)] * frames)
    return answer_of(inspection, Options(), "0" * 32, utc_now())


def told(name: str, answer: Mapping[str, object], path: Path, rounds: int) -> str:
    """A line of the table."""
    (key,), signer = read_key_file(path), FileSigner(path)
    private = key.private
    assert private is not None
    payload = canonical_json(without(answer, MEMBER))
    calls = {
        "sign": lambda: signer.sign(answer),
        "canonical": lambda: canonical_json(without(answer, MEMBER)),
        "ed25519": lambda: private.sign(payload),
        "json": lambda: orjson.dumps(answer),
    }
    times = {one: each.processor * MICRO for one, each in interleaved(calls, rounds).items()}
    return (
        f"| {name} | {len(payload):,} | {times['sign']:.0f} | {times['canonical']:.0f} | "
        f"{times['ed25519']:.0f} | {times['json']:.0f} |"
    )


if __name__ == "__main__":
    typer.run(main)
