"""From labelled images to the shipped face detector: `python -m training.detector --data DIR --models DIR`.

YuNet, whose boxes and landmarks are trained further to be those of CenterFace, on images that may train. What
a face is stays as YuNet has it: a try that trained every layer found more of the faces of these images, and
things that are no faces in places that it had never seen.
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from training.assign import answers, loss
from training.boxes import open_centerface
from training.canvas import Canvas, canvas, size_of
from training.data import for_training, read_manifest
from training.export_detector import export
from training.faces import Picture, load, save_pictures
from training.folders import Folders, parser_with_folders, write_log
from training.yunet import CONFIDENCE, PUBLISHED, YuNet, load_upstream

FILE = "bonaface-face.onnx"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train. average: of the moving average that is kept."""

    steps: int = 3000
    batch: int = 12
    rate: float = 2e-3
    warm_up: int = 100
    average: float = 0.998
    seed: int = 17


def train(start: YuNet, batches: Iterator[list[Canvas]], recipe: Recipe) -> YuNet:
    """A copy of the network, its heads trained; their weights are the moving average over the run."""
    torch.manual_seed(recipe.seed)
    kept = copy.deepcopy(start).to(memory_format=torch.channels_last).requires_grad_(False).eval()
    heads = copy.deepcopy(kept.heads).requires_grad_(True)
    optimizer = torch.optim.Adam(heads.parameters(), lr=recipe.rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: rate(step, recipe.steps, recipe.warm_up)
    )
    running = 0.0
    for step, batch in enumerate(batches):
        features = kept.features(_images(batch))
        faces = [(torch.from_numpy(one.faces.boxes), torch.from_numpy(one.faces.points)) for one in batch]
        value = loss(answers(tuple(head(level) for head, level in zip(heads, features, strict=True))), faces)
        optimizer.zero_grad()
        value.backward()
        _leave_confidence(heads)
        optimizer.step()
        schedule.step()
        follow(kept.heads, heads, min(recipe.average, (step + 1) / (step + 10)))
        running = 0.98 * running + 0.02 * value.item() if step else value.item()
        if step % 100 == 0:
            print(f"step {step} of {recipe.steps}, loss {running:.4f}", flush=True)
    return kept


def _leave_confidence(heads: nn.ModuleList) -> None:
    """No gradient for the planes that say whether there is a face."""
    for parameter in heads.parameters():
        assert parameter.grad is not None
        parameter.grad[:CONFIDENCE] = 0


def drawn(pictures: Path, recipe: Recipe, workers: int) -> Iterator[list[Canvas]]:
    """Every batch of the run, each from a seed of its own, drawn ahead by other processes."""
    with get_context("spawn").Pool(workers, _CanvasWorker.set_up, (pictures,)) as pool:
        jobs = ((recipe.seed, step, recipe.batch) for step in range(recipe.steps))
        yield from pool.imap(_CanvasWorker.draw, jobs, chunksize=4)


class _CanvasWorker:
    """What a process that draws holds."""

    pictures: ClassVar[list[Picture]]

    @classmethod
    def set_up(cls, pictures: Path) -> None:
        cv2.setNumThreads(1)
        cls.pictures = load(pictures)

    @classmethod
    def draw(cls, job: tuple[int, int, int]) -> list[Canvas]:
        seed, step, batch = job
        rng = np.random.default_rng((seed, step))
        size = size_of(rng)
        return [canvas(cls.pictures, size, rng) for _ in range(batch)]


def _images(batch: Sequence[Canvas]) -> Tensor:
    pixels = np.stack([one.image for one in batch]).astype(np.float32)
    return torch.from_numpy(pixels).permute(0, 3, 1, 2)


def rate(step: int, steps: int, warm_up: int) -> float:
    """Share of the learning rate: it rises in a line, then falls as half a cosine."""
    if step < warm_up:
        return (step + 1) / warm_up
    share = (step - warm_up) / max(steps - warm_up, 1)
    return 0.02 + 0.98 * 0.5 * (1 + float(np.cos(np.pi * share)))


@torch.no_grad()
def follow(kept: nn.Module, student: nn.Module, share: float) -> None:
    """Moves the weights of `kept` towards those of `student`, keeping `share` of what they were."""
    for average, current in zip(kept.parameters(), student.parameters(), strict=True):
        average.lerp_(current, 1 - share)


def run(folders: Folders, recipe: Recipe, workers: int) -> None:
    """The whole way; what it was made with goes to `training/runs/detector.json`."""
    pictures = folders.work / "faces.npz"
    if not pictures.exists():
        samples = for_training(read_manifest(folders.data))
        save_pictures(pictures, samples, open_centerface(folders.centerface))
    start = load_upstream(folders.models / "yunet" / PUBLISHED)
    torch.set_num_threads(1)
    trained = train(start, drawn(pictures, recipe, workers), recipe)
    folders.out.mkdir(parents=True, exist_ok=True)
    torch.save(trained.state_dict(), folders.work / "detector.pt")
    export(trained, folders.out / FILE)
    write_log("detector", folders.data, {"recipe": asdict(recipe)})


def main(words: Sequence[str] | None = None) -> None:
    """Reads the command line and runs."""
    usual = Recipe()
    parser = parser_with_folders(__doc__)
    parser.add_argument("--steps", type=int, default=usual.steps)
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args(words)
    recipe = Recipe(steps=given.steps, seed=given.seed)
    run(Folders.of(given), recipe, given.workers)


if __name__ == "__main__":
    main()
