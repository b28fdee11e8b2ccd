"""What cameras, encoders and detectors do to any capture, bona fide or attack: it tells nothing of either.

Everything here takes the whole image, before the crop, and keeps uint8 RGB.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from bonaface.geometry import Box
from training.face_sample import FaceSample, as_float, as_rgb, cut, mirrored, resized, warped_box

Change = Callable[[FaceSample, np.random.Generator], FaceSample]

_INTERPOLATIONS = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_NEAREST)


def mirror(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """Left and right swapped."""
    return mirrored(sample)


def rotate(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """A camera held up to 10 degrees askew."""
    return _rolled(sample, rng.uniform(-10, 10))


def askew(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """A head or a camera tilted by 10 to 45 degrees."""
    return _rolled(sample, float(rng.choice([-1, 1]) * rng.uniform(10, 45)))


def narrow_view(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """Less of the scene: a closer frame, with 0.05 to 1.2 of the face's side round it."""
    width, height = sample.size
    box, side = sample.box, sample.face_side
    room = rng.uniform(0.05, 1.2, 4) * side
    left, top = max(int(box.x0 - room[0]), 0), max(int(box.y0 - room[1]), 0)
    right, bottom = min(int(box.x1 + room[2]), width), min(int(box.y1 + room[3]), height)
    if right - left < 24 or bottom - top < 24:
        return sample
    return cut(sample, left, top, right, bottom)


def black_border(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """Bars of one dark tone at two sides, as players and cropping tools leave them."""
    width, height = sample.size
    tone = int(rng.choice([0, 0, 0, 16, 128, 255]))
    across, down = (int(rng.uniform(0.02, 0.25) * width), 0), (0, int(rng.uniform(0.02, 0.25) * height))
    dx, dy = across if rng.random() < 0.5 else down
    image = cv2.copyMakeBorder(sample.image, dy, dy, dx, dx, cv2.BORDER_CONSTANT, value=(tone, tone, tone))
    box = sample.box
    return FaceSample(as_rgb(image), Box(box.x0 + dx, box.y0 + dy, box.x1 + dx, box.y1 + dy))


def low_resolution(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """A face of 28 to 140 px; half of them blown up again, as a webcam's or a messenger's upscaling does."""
    target = float(np.exp(rng.uniform(np.log(28), np.log(140))))
    ratio = target / sample.face_side
    if ratio >= 1:
        return sample
    small = resized(sample, ratio, int(rng.choice(_INTERPOLATIONS, p=[0.5, 0.3, 0.15, 0.05])))
    if rng.random() < 0.5:
        return small
    return resized(small, rng.uniform(1.2, 1 / ratio + 0.3), int(rng.choice(_INTERPOLATIONS[1:3])))


def jpeg(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """One JPEG encoding, quality 25 to 95."""
    return _encoded(sample, int(rng.triangular(25, 75, 95)))


def sensor_noise(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """Shot and read noise, now and then smeared by a denoiser or of low chroma resolution."""
    image = as_float(sample.image)
    height, width = image.shape[:2]
    noise = rng.standard_normal((height, width, 3), dtype=np.float32)
    if rng.random() < 0.4:
        noise = cv2.GaussianBlur(noise, (0, 0), rng.uniform(0.5, 1.2)) * np.float32(1.8)
    if rng.random() < 0.4:
        noise = np.repeat(noise[:, :, :1], 3, axis=2)
    strength = np.float32(rng.uniform(0.004, 0.04))
    return FaceSample(as_rgb(image + noise * strength * np.sqrt(image + 0.15)), sample.box)


def blur(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """Out of focus, up to 2.5 % of the face."""
    sigma = rng.uniform(0.004, 0.025) * sample.face_side
    return FaceSample(as_rgb(cv2.GaussianBlur(sample.image, (0, 0), max(sigma, 0.3))), sample.box)


def motion_blur(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """A hand or a head that moved by up to 6 % of the face."""
    length = int(max(3, min(rng.uniform(0.01, 0.06) * sample.face_side, 15)))
    kernel = np.zeros((length, length), np.float32)
    angle = rng.uniform(0, np.pi)
    middle, reach = (length - 1) / 2, (length - 1) / 2
    dx, dy = np.cos(angle) * reach, np.sin(angle) * reach
    start = round(middle - dx), round(middle - dy)
    cv2.line(kernel, start, (round(middle + dx), round(middle + dy)), 1.0)
    return FaceSample(as_rgb(cv2.filter2D(sample.image, -1, kernel / kernel.sum())), sample.box)


def sharpen(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """The unsharp mask of phone cameras."""
    soft = cv2.GaussianBlur(sample.image, (0, 0), rng.uniform(0.6, 2.0))
    amount = rng.uniform(0.3, 1.5)
    return FaceSample(as_rgb(cv2.addWeighted(sample.image, 1 + amount, soft, -amount, 0)), sample.box)


def exposure(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """Gamma, gain and black level."""
    image = as_float(sample.image) ** np.float32(np.exp(rng.uniform(-0.5, 0.5)))
    gain, level = np.exp(rng.uniform(-0.35, 0.25)), rng.uniform(-0.06, 0.06)
    return FaceSample(as_rgb(image * np.float32(gain) + np.float32(level)), sample.box)


def white_balance(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """Warm to cold, green to magenta, and saturation."""
    image = as_float(sample.image) * np.exp(rng.normal(0, 0.08, 3)).astype(np.float32)
    grey = image.mean(axis=2, keepdims=True)
    return FaceSample(as_rgb(grey + (image - grey) * np.float32(rng.uniform(0.5, 1.4))), sample.box)


def uneven_light(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """Light from one side."""
    width, height = sample.size
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    slope = rng.normal(0, 0.2, 2)
    light = 1 + np.float32(slope[0]) * x + np.float32(slope[1]) * y
    return FaceSample(as_rgb(as_float(sample.image) * light[:, :, None]), sample.box)


def grey(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """No colour, as infrared-assisted and night cameras give."""
    image = cv2.cvtColor(sample.image, cv2.COLOR_RGB2GRAY)
    return FaceSample(as_rgb(cv2.cvtColor(image, cv2.COLOR_GRAY2RGB)), sample.box)


def back_light(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """A window or lamp behind: the person darker, all else brighter, a little glare over both."""
    person = _person(sample, rng)
    image = as_float(sample.image)
    dark, bright = np.float32(rng.uniform(0.25, 0.75)), np.float32(rng.uniform(1.2, 2.5))
    lit = image * (dark * person + bright * (1 - person))
    return FaceSample(as_rgb(lit * np.float32(0.97) + np.float32(rng.uniform(0, 0.08))), sample.box)


def dark(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """Little light: dim, or brightened by the camera, which brightens the noise too."""
    gain = np.float32(rng.uniform(0.12, 0.5))
    image = as_float(sample.image) * gain
    noise = rng.standard_normal(image.shape, dtype=np.float32) * np.float32(rng.uniform(0.004, 0.02))
    again = np.float32(1 + rng.random() * (0.8 / gain - 1)) if rng.random() < 0.5 else np.float32(1)
    return FaceSample(as_rgb((image + noise) * again), sample.box)


def coloured_light(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """An orange lamp, a blue screen, a neon sign: over all, or from one side."""
    width, _ = sample.size
    colour = np.exp(rng.normal(0, 0.3, 3)).astype(np.float32)
    colour /= colour.max()
    share = np.ones((1, 1, 1), np.float32)
    if rng.random() < 0.5:
        ramp = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
        share = ramp if rng.random() < 0.5 else 1 - ramp
    return FaceSample(as_rgb(as_float(sample.image) * (1 - share + share * colour)), sample.box)


def small_capture(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """A camera of few pixels: the whole frame 320 or less on its longer side, the face at least 24."""
    ratio = max(rng.uniform(200, 320) / max(sample.size), 24 / sample.face_side)
    return sample if ratio >= 1 else resized(sample, ratio, int(rng.choice(_INTERPOLATIONS[:2])))


def forwarded(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """Sent on by a messenger once or twice: made smaller and encoded at quality 45 to 80."""
    for _ in range(int(rng.integers(1, 3))):
        ratio = rng.uniform(0.6, 1.0)
        if ratio * sample.face_side > 40:
            sample = resized(sample, ratio, cv2.INTER_AREA)
        sample = _encoded(sample, int(rng.integers(45, 81)))
    return sample


def _rolled(sample: FaceSample, degrees: float) -> FaceSample:
    width, height = sample.size
    centre = (sample.box.x0 + sample.box.x1) / 2, (sample.box.y0 + sample.box.y1) / 2
    matrix = cv2.getRotationMatrix2D(centre, degrees, 1.0)
    image = cv2.warpAffine(
        sample.image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    return FaceSample(as_rgb(image), warped_box(sample.box, np.vstack([matrix, [0, 0, 1]])))


def _person(sample: FaceSample, rng: np.random.Generator) -> NDArray[np.float32]:
    """H x W x 1: 1 in the head and the body under it, 0 elsewhere, soft between."""
    width, height = sample.size
    mask = np.zeros((height, width), np.float32)
    x, y, side = (sample.box.x0 + sample.box.x1) / 2, (sample.box.y0 + sample.box.y1) / 2, sample.face_side
    head = round(x), round(y - 0.1 * side)
    cv2.ellipse(mask, head, (round(0.7 * side), round(0.9 * side)), 0, 0, 360, 1.0, -1)
    body = round(x), round(y + 2.2 * side)
    cv2.ellipse(mask, body, (round(1.5 * side), round(1.7 * side)), 0, 0, 360, 1.0, -1)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), side * rng.uniform(0.04, 0.2)), np.float32)[:, :, None]


def _encoded(sample: FaceSample, quality: int) -> FaceSample:
    _, data = cv2.imencode(".jpg", sample.image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return FaceSample(as_rgb(cv2.imdecode(data, cv2.IMREAD_COLOR)), sample.box)


FRAMING: tuple[tuple[float, Change], ...] = (
    (0.5, mirror),
    (0.25, rotate),
    (0.06, askew),
    (0.3, narrow_view),
    (0.06, black_border),
)
"""Chance and change: how the camera was held."""

CAPTURE: tuple[tuple[float, Change], ...] = (
    (0.2, uneven_light),
    (0.1, back_light),
    (0.08, coloured_light),
    (0.45, exposure),
    (0.1, dark),
    (0.4, white_balance),
    (0.08, grey),
    (0.2, blur),
    (0.15, motion_blur),
    (0.1, small_capture),
    (0.4, low_resolution),
    (0.3, sensor_noise),
    (0.15, sharpen),
    (0.45, jpeg),
    (0.12, forwarded),
)
"""Chance and change: what optics, sensor, processing and encoder did, in their order."""


def apply(
    changes: tuple[tuple[float, Change], ...], sample: FaceSample, rng: np.random.Generator
) -> FaceSample:
    """Each change with its chance."""
    for chance, change in changes:
        if rng.random() < chance:
            sample = change(sample, rng)
    return sample


def at_working_size(sample: FaceSample, rng: np.random.Generator) -> FaceSample:
    """A face of 45 to 230 px, never enlarged: what services receive."""
    ratio = rng.uniform(45, 230) / sample.face_side
    return resized(sample, ratio, cv2.INTER_AREA) if ratio < 0.95 else sample


def jittered(box: Box, rng: np.random.Generator) -> Box:
    """Another detector's box of the same face: 0.85 to 1.2 of the size, moved by up to 8 %."""
    scale = np.exp(rng.uniform(np.log(0.85), np.log(1.2))) * np.exp(rng.normal(0, 0.03, 2))
    x = (box.x0 + box.x1) / 2 + rng.uniform(-0.08, 0.08) * box.width
    y = (box.y0 + box.y1) / 2 + rng.uniform(-0.08, 0.08) * box.height
    half_width, half_height = box.width * scale[0] / 2, box.height * scale[1] / 2
    return Box(float(x - half_width), float(y - half_height), float(x + half_width), float(y + half_height))
