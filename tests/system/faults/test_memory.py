"""Memory runs out: large images are refused as what they are, the process lives, small ones go on."""

import io
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from bonaface.imaging.types import RgbImage
from support.machine.workers import workers_of
from support.pictures.large import enlarged, jpeg_of, on_grey
from support.servers.served import Served, serving
from support.waiting import wait_until

SIDES = 8000, 6000
PATIENT: dict[str, object] = {"deadline": 100}
ALL = resource.RLIM_INFINITY
MB = 1024
both = pytest.mark.parametrize("isolation", ["processes", "threads"])
REFUSED, SERVED = (503, -50000), (200, 0)


def photo(form: str, mode: str = "RGB", **options: object) -> bytes:
    """48 megapixels, some hundred kB as a file, 144 MB decoded."""
    target = io.BytesIO()
    Image.radial_gradient("L").resize(SIDES).convert(mode).save(target, form, **options)
    return target.getvalue()


@pytest.fixture(scope="module")
def turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x112] = 6
    return exif


@pytest.fixture(scope="module")
def large(turned: Image.Exif, portrait_pixels: RgbImage) -> dict[str, bytes]:
    """Images of which all pixels are decoded."""
    return {
        "png": photo("PNG"),
        "png with alpha": photo("PNG", "RGBA"),
        "turned png": photo("PNG", exif=turned),
        "progressive jpeg": photo("JPEG", progressive=True),
        "jpeg with a face that needs them": jpeg_of(on_grey(enlarged(portrait_pixels, 2400), *SIDES)),
    }


@contextmanager
def headroom(served: Served, megabytes: int) -> Iterator[None]:
    """Let each process that analyses have so much more memory than it holds."""
    processes = workers_of(served.process.pid) or [served.process.pid]
    for process in processes:
        wanted = (address_space(process) + megabytes * MB) * 1024
        resource.prlimit(process, resource.RLIMIT_AS, (wanted, ALL))
    try:
        yield
    finally:
        for process in processes:
            resource.prlimit(process, resource.RLIMIT_AS, (ALL, ALL))


def address_space(process: int) -> int:
    """Virtual memory in KB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmSize:"))


@both
def test_large_images_are_refused_and_small_ones_served(
    isolation: str, tmp_path: Path, models_directory: Path, large: dict[str, bytes], portrait: bytes
) -> None:
    with serving(tmp_path, models_directory, serving=PATIENT | {"isolation": isolation}) as served:
        assert [served.ask(portrait).code for _ in range(4)] == [0] * 4
        with headroom(served, 250):  # the pixels find room, what comes after does not
            for image in large.values():
                answer = served.ask(image)
                assert (answer.status, answer.code) == REFUSED
                assert served.ask(portrait).code == 0
        assert [served.ask(image).code for image in large.values()] == [0] * len(large)
        assert served.counted()["refused_overload"] == len(large)
        assert served.counted().total() == 4 + len(large) * 3
        wait_until(lambda: bool(served.events("request.out_of_memory")))


def test_a_large_jpeg_is_served_where_its_pixels_would_find_no_room(
    tmp_path: Path, models_directory: Path, turned: Image.Exif, portrait: bytes
) -> None:
    with serving(tmp_path, models_directory, serving=PATIENT) as served:
        assert [served.ask(portrait).code for _ in range(4)] == [0] * 4
        with headroom(served, 250):
            assert served.ask(photo("JPEG", exif=turned)).code == 0


@both
def test_with_next_to_no_memory_everything_is_refused_and_it_recovers(
    isolation: str, tmp_path: Path, models_directory: Path, large: dict[str, bytes], portrait: bytes
) -> None:
    def ask(image: bytes) -> tuple[int, int]:
        answer = served.ask(image)
        return answer.status, answer.code

    engine = PATIENT | {"isolation": isolation}
    with serving(tmp_path, models_directory, serving=engine) as served, ThreadPoolExecutor(6) as pool:
        assert ask(portrait) == SERVED
        with headroom(served, 4):
            told = list(pool.map(ask, [large["png"], portrait] * 15))
        assert set(told) == {REFUSED}
        assert ask(portrait) == SERVED
        assert served.counted() == {"faces": 2, "refused_overload": len(told)}
