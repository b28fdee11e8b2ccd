"""From labelled images to the shipped refiner: `python -m training.refiner --data DIR --models DIR`.

`make train-detector` sets MALLOC_TRIM_THRESHOLD_ and MALLOC_MMAP_THRESHOLD_: with glibc's own choice a
quarter of the time goes into giving memory back.
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import cv2
import torch
from torch import Tensor, nn

from training.boxes import open_centerface
from training.data import for_training, read_manifest
from training.detector import follow, rate
from training.export_detector import export_refiner
from training.folders import Folders, parser_with_folders, write_log
from training.patches import Patches, make_patches
from training.refiner_crops import RefinerCrops, crop_batches
from training.refiner_network import RefinerNetwork
from training.synthetic_pose import make_synthetic_poses
from training.yunet import PUBLISHED, load_upstream

FILE = "bonaface-align.onnx"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train. average: of the moving average that is kept."""

    steps: int = 7000
    batch: int = 40
    rate: float = 2e-3
    warm_up: int = 200
    average: float = 0.999
    seed: int = 17


def train(start: RefinerNetwork, batches: Iterator[RefinerCrops], recipe: Recipe) -> RefinerNetwork:
    """The network trained but for its first layers; its weights are the moving average over the run."""
    torch.manual_seed(recipe.seed)
    student = copy.deepcopy(start).to(memory_format=torch.channels_last)
    for early in (student.trunk.stem, student.trunk.stages[0]):
        early.requires_grad_(False)
    kept = copy.deepcopy(student).eval()
    optimizer = torch.optim.AdamW(_learning(student), lr=recipe.rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: rate(step, recipe.steps, recipe.warm_up)
    )
    running = 0.0
    for step, batch in enumerate(batches):
        value = loss(student(images(batch)), torch.from_numpy(batch.answers))
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        schedule.step()
        follow(kept, student, min(recipe.average, (step + 1) / (step + 10)))
        running = 0.98 * running + 0.02 * value.item() if step else value.item()
        if step % 200 == 0:
            print(f"step {step} of {recipe.steps}, loss {running:.5f}", flush=True)
    return kept


def loss(said: Tensor, answer: Tensor) -> Tensor:
    """Mean distance of edges plus that of landmarks, in shares of the input's side."""
    off = (said - answer).abs()
    return off[:, :4].mean() + off[:, 4:].mean()


def images(batch: RefinerCrops) -> Tensor:
    """N x 3 x 96 x 96, 0..255."""
    return torch.from_numpy(batch.crops).permute(0, 3, 1, 2).float()


def _learning(network: nn.Module) -> list[nn.Parameter]:
    return [parameter for parameter in network.parameters() if parameter.requires_grad]


def run(folders: Folders, recipe: Recipe) -> None:
    """The whole way; what it was made with goes to `training/runs/refiner.json`."""
    patches = _patches(folders, recipe.seed)
    start = RefinerNetwork(load_upstream(folders.models / "yunet" / PUBLISHED))
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    batches = crop_batches(patches, recipe.steps, recipe.batch, recipe.seed)
    trained = train(start, batches, recipe)
    folders.out.mkdir(parents=True, exist_ok=True)
    torch.save(trained.state_dict(), folders.work / "refiner.pt")
    export_refiner(trained, folders.out / FILE)
    write_log("refiner", folders.data, {"recipe": asdict(recipe)})


def _patches(folders: Folders, seed: int) -> Patches:
    """Of all images, and turned to the side of every other one; made once."""
    turned, synthetic = folders.work / f"patches-{seed}.npz", folders.work / f"synthetic-{seed}.npz"
    samples = for_training(read_manifest(folders.data))
    if not turned.exists():
        make_patches(samples, open_centerface(folders.centerface), seed).save(turned)
    if not synthetic.exists():
        make_synthetic_poses(samples[::2], open_centerface(folders.centerface), seed).save(synthetic)
    return Patches.load(turned).joined(Patches.load(synthetic))


def main(words: Sequence[str] | None = None) -> None:
    """Reads the command line and runs."""
    usual = Recipe()
    parser = parser_with_folders(__doc__)
    parser.add_argument("--steps", type=int, default=usual.steps)
    parser.add_argument("--seed", type=int, default=usual.seed)
    given = parser.parse_args(words)
    recipe = Recipe(steps=given.steps, seed=given.seed)
    run(Folders.of(given), recipe)


if __name__ == "__main__":
    main()
