"""Presentation attacks made from bona fide captures: shown on a screen, printed, or cut out of paper.

Each step follows the physics in its order: the medium (sub-pixels, halftone, gamut), its shape before the
camera (perspective, curl, bezel, margin), light on it (glare, bands, texture), then the camera's sampling.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from bonaface.geometry import Box
from bonaface.imaging.crop import RgbImage
from training.face_sample import FaceSample, FloatImage, Matrix, as_float, as_rgb, warped_box

KINDS = ("replay", "print", "mask")
_FILLS = 0.3
"""Of screens and prints: held so close that no bezel, margin or hand is in the picture."""


@dataclass(frozen=True, slots=True)
class _Medium:
    """A flat thing that shows the capture: its picture, the box of the face, edges round the picture, and
    whether it is so close that the camera sees nothing else."""

    picture: FloatImage
    sample: FaceSample
    edge: float
    edge_colour: tuple[float, float, float]
    fills: bool


def on_screen(sample: FaceSample, scene: RgbImage, rng: np.random.Generator) -> FaceSample:
    """The capture shown on a phone, tablet or monitor before `scene` and taken again."""
    picture = _colours(as_float(sample.image), rng, black=(0.0, 0.12), tint=0.05)
    picture = np.clip(picture, 0, 1) ** np.float32(np.exp(rng.uniform(-0.35, 0.35)))
    fine = rng.random() < 0.4
    if fine:
        picture = _outshining(picture, rng)
    elif rng.random() < 0.75:
        picture = _sub_pixels(picture, 3, rng)
    shade = float(rng.choice([0.02, 0.05, 0.1, 0.85]))
    medium = _Medium(picture, sample, rng.uniform(0.02, 0.1), (shade, shade, shade), rng.random() < _FILLS)
    taken, box = _taken(medium, scene, rng)
    if not fine and rng.random() < 0.35:
        taken = _bands(taken, rng)
    if rng.random() < 0.5:
        taken = _glare(taken, scene, rng)
    return FaceSample(as_rgb(taken), box)


def on_paper(sample: FaceSample, scene: RgbImage, rng: np.random.Generator) -> FaceSample:
    """The capture printed, held before `scene` and taken again."""
    picture = _printed(sample, rng)
    white = float(rng.uniform(0.7, 0.95))
    edge = rng.choice([0.0, rng.uniform(0.01, 0.12)])
    medium = _Medium(picture, sample, edge, (white, white, white * 0.97), rng.random() < _FILLS)
    taken, box = _taken(medium, scene, rng)
    if rng.random() < 0.3:
        taken = _glare(taken, scene, rng)
    return FaceSample(as_rgb(taken), box)


def cut_out(sample: FaceSample, scene: RgbImage, rng: np.random.Generator) -> FaceSample:
    """A printed face cut out along its outline and worn in the very scene, often with holes for the eyes."""
    picture = _printed(sample, rng)
    height, width = picture.shape[:2]
    mask = np.zeros((height, width), np.float32)
    box = sample.box
    centre = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    axes = box.width * rng.uniform(0.48, 0.6), box.height * rng.uniform(0.5, 0.62)
    cv2.ellipse(mask, _ints(*centre), _ints(*axes), rng.uniform(-6, 6), 0, 360, 1.0, -1)
    if rng.random() < 0.6:
        for side in (0.31, 0.69):
            eye = box.x0 + side * box.width, box.y0 + 0.42 * box.height
            hole = box.width * rng.uniform(0.07, 0.13), box.height * rng.uniform(0.035, 0.08)
            cv2.ellipse(mask, _ints(*eye), _ints(*hole), 0, 0, 360, 0.0, -1)
    soft = cv2.GaussianBlur(mask, (0, 0), max(sample.face_side * 0.004, 0.5))
    mask = np.asarray(soft, np.float32)[:, :, None]
    moved = np.roll(picture, rng.integers(-3, 4, 2), axis=(0, 1))
    shadow = cv2.GaussianBlur(mask, (0, 0), max(sample.face_side * 0.03, 1.0))[:, :, None]
    behind = as_float(sample.image) * (1 - np.float32(rng.uniform(0, 0.5)) * shadow)
    return FaceSample(as_rgb(behind * (1 - mask) + moved * mask), box)


def recaptured(sample: FaceSample, scene: RgbImage, rng: np.random.Generator) -> FaceSample:
    """One of the three; screens and paper alike often, cut-outs less."""
    makers = {"replay": on_screen, "print": on_paper, "mask": cut_out}
    return makers[drawn_kind(rng)](sample, scene, rng)


def drawn_kind(rng: np.random.Generator) -> str:
    """The attack kind that `recaptured` makes next with this generator."""
    return KINDS[rng.choice(3, p=[0.45, 0.38, 0.17])]


def _printed(sample: FaceSample, rng: np.random.Generator) -> FloatImage:
    fine = rng.random() < 0.3  # a photo printer: no dots to be seen, deep blacks
    picture = _colours(as_float(sample.image), rng, (0.02, 0.1) if fine else (0.03, 0.22), tint=0.05)
    if rng.random() < 0.08:
        picture = np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2)
    if not fine and rng.random() < 0.6:
        picture = _halftone(picture, sample.face_side, rng)
    soft = cv2.GaussianBlur(picture, (0, 0), max(sample.face_side * rng.uniform(0.001, 0.009), 0.3))
    picture = np.asarray(soft, np.float32)
    height, width = picture.shape[:2]
    texture = rng.standard_normal((height, width), dtype=np.float32)
    texture = cv2.GaussianBlur(texture, (0, 0), rng.uniform(0.6, 2.0)) * np.float32(rng.uniform(0.01, 0.06))
    light = _relief((height, width), rng) * np.float32(
        rng.choice([0.0, rng.uniform(0.02, 0.15)], p=[0.3, 0.7])
    )
    return picture * (1 + texture + light)[:, :, None]


def _colours(
    picture: FloatImage, rng: np.random.Generator, black: tuple[float, float], tint: float
) -> FloatImage:
    """A smaller gamut: lifted black, dimmer white, less saturation, a tint."""
    grey = picture.mean(axis=2, keepdims=True)
    picture = grey + (picture - grey) * np.float32(rng.uniform(0.55, 1.2))
    low, high = rng.uniform(*black), rng.uniform(0.75, 1.0)
    cast = np.exp(rng.normal(0, tint, 3)).astype(np.float32)
    return (np.float32(low) + picture * np.float32(high - low)) * cast


def _outshining(picture: FloatImage, rng: np.random.Generator) -> FloatImage:
    """A phone or tablet whose pixels are finer than the camera's: what tells is that it glows. The camera
    exposes for the room, so light tones clip, and the display's own curve adds contrast and cools white."""
    gain = np.float32(rng.uniform(1.05, 1.6))
    steep = np.float32(rng.uniform(1.0, 1.35))
    cool = np.array([1 - rng.uniform(0, 0.08), 1, 1 + rng.uniform(0, 0.08)], np.float32)
    soft = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 1.0))
    middle = np.float32(0.45)
    return np.asarray(((soft - middle) * steep + middle) * gain * cool, np.float32)


def _sub_pixels(picture: FloatImage, factor: int, rng: np.random.Generator) -> FloatImage:
    """Each pixel as stripes of red, green and blue with dark gaps; camera sampling turns them to moire."""
    height, width = picture.shape[:2]
    pitch = rng.uniform(0.6, 1.3)
    size = max(int(width * pitch), 32), max(int(height * pitch), 32)
    smoothly = cv2.INTER_AREA if pitch < 1 else cv2.INTER_LINEAR
    shown = np.asarray(cv2.resize(picture, size, interpolation=smoothly), np.float32)
    large = np.repeat(np.repeat(shown, factor, axis=0), factor, axis=1)
    depth = np.float32(rng.uniform(0.1, 0.6))
    for channel in range(3):
        for stripe in range(factor):
            if stripe != channel:
                large[:, stripe::factor, channel] *= 1 - depth
    large[factor - 1 :: factor] *= np.float32(1 - depth * rng.uniform(0, 0.8))
    if rng.random() < 0.3:
        large = np.ascontiguousarray(large.transpose(1, 0, 2)[: large.shape[0]].transpose(1, 0, 2))
    return large / (1 - depth * np.float32(0.55))


def _halftone(picture: FloatImage, face_side: float, rng: np.random.Generator) -> FloatImage:
    """Amplitude-modulated dots, one angle a colour."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    period = max(face_side * rng.uniform(0.008, 0.03), 2.0)
    strength = np.float32(rng.uniform(0.1, 0.6))
    result = np.empty_like(picture)
    for channel, degrees in enumerate((15, 75, 45)):
        angle = np.deg2rad(degrees + rng.uniform(-5, 5))
        u = (x * np.cos(angle) + y * np.sin(angle)) * (2 * np.pi / period)
        v = (y * np.cos(angle) - x * np.sin(angle)) * (2 * np.pi / period)
        dots = (np.cos(u) + np.cos(v)) * np.float32(0.25)
        plane = picture[:, :, channel]
        result[:, :, channel] = plane + strength * dots * np.sqrt(np.clip(plane * (1 - plane), 0, 0.25))
    return result.astype(np.float32)


def _taken(medium: _Medium, scene: RgbImage, rng: np.random.Generator) -> tuple[FloatImage, Box]:
    """The medium as a camera sees it before the scene, and the box of the face there."""
    width, height = medium.sample.size
    picture, matrix = _framed(medium, rng)
    behind = cv2.GaussianBlur(cv2.resize(scene, (width, height)), (0, 0), rng.uniform(0.5, 4))
    target = (
        np.array([[0, 0], [width, 0], [width, height], [0, height]])
        + _pose((width, height), medium.fills, rng)
    ).astype(np.float32)
    tall, wide = picture.shape[:2]
    corners = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32)
    view = cv2.getPerspectiveTransform(corners, target).astype(np.float64)
    flags = int(rng.choice([cv2.INTER_LINEAR, cv2.INTER_AREA, cv2.INTER_CUBIC]))
    soft = cv2.GaussianBlur(picture, (0, 0), max(0.25 * wide / width * rng.uniform(0.3, 1.6), 0.2))
    seen = cv2.warpPerspective(soft, view, (width, height), flags=flags)
    cover = cv2.warpPerspective(np.ones((tall, wide), np.float32), view, (width, height))[:, :, None]
    taken = as_float(as_rgb(behind)) * (1 - cover) + seen * cover
    if rng.random() < 0.35:
        taken = _curled(taken, rng)
    return taken.astype(np.float32), warped_box(medium.sample.box, view @ matrix)


def _framed(medium: _Medium, rng: np.random.Generator) -> tuple[FloatImage, Matrix]:
    """The picture with its bezel or margin, and the matrix from the sample's pixels to it."""
    tall, wide = medium.picture.shape[:2]
    width, height = medium.sample.size
    edge = 0.0 if medium.fills else medium.edge
    dx, dy = (int(edge * wide * k) for k in rng.uniform(0.4, 1.6, 2))
    picture = cv2.copyMakeBorder(
        medium.picture, dy, dy, dx, dx, cv2.BORDER_CONSTANT, value=medium.edge_colour
    )
    matrix = np.array([[wide / width, 0, dx], [0, tall / height, dy], [0, 0, 1]], np.float64)
    return np.asarray(picture, np.float32), matrix


def _pose(size: tuple[int, int], fills: bool, rng: np.random.Generator) -> Matrix:
    """How far each corner of the medium lies from that of the view: inside where edges show, outside where it
    fills the view."""
    width, height = size
    if fills:
        inside = rng.uniform(-0.25, -0.05)
    else:
        inside = rng.uniform(-0.12, 0.1) if rng.random() < 0.5 else rng.uniform(0.0, 0.2)
    shift = rng.uniform(-0.04, 0.04, 2)
    signs = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    return (signs * inside + shift + rng.normal(0, 0.02, (4, 2))) * np.array([width, height])


def _curled(image: FloatImage, rng: np.random.Generator) -> FloatImage:
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    phase, waves = rng.uniform(0, 6.28), rng.uniform(0.3, 1.2)
    bend = np.sin(x / width * 2 * np.pi * waves + phase) * np.float32(rng.uniform(0.003, 0.02) * height)
    warped = cv2.remap(image, x, y + bend.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(warped, np.float32)


def _relief(size: tuple[int, int], rng: np.random.Generator) -> FloatImage:
    """Slow light and dark of creased paper, about -1..1."""
    coarse = rng.standard_normal((int(rng.integers(2, 7)), int(rng.integers(2, 7)))).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (size[1], size[0]), interpolation=cv2.INTER_CUBIC), np.float32)


def _bands(image: FloatImage, rng: np.random.Generator) -> FloatImage:
    """Refresh against a rolling shutter."""
    height = image.shape[0]
    y = np.arange(height, dtype=np.float32) / height
    wave = np.sin(2 * np.pi * (y * rng.uniform(1, 12) + rng.random())) * rng.uniform(0.02, 0.12)
    return image * (1 + wave).astype(np.float32)[:, None, None]


def _glare(image: FloatImage, scene: RgbImage, rng: np.random.Generator) -> FloatImage:
    """A lamp's spot or the room mirrored in glass."""
    height, width = image.shape[:2]
    if rng.random() < 0.5:
        mirror = cv2.GaussianBlur(cv2.resize(scene, (width, height)), (0, 0), 3)
        return image + as_float(as_rgb(mirror)) * np.float32(rng.uniform(0.03, 0.15))
    spot = np.zeros((height, width), np.float32)
    centre = rng.uniform(0, width), rng.uniform(0, height)
    axes = rng.uniform(0.03, 0.2, 2) * width
    cv2.ellipse(spot, _ints(*centre), _ints(*axes), rng.uniform(0, 180), 0, 360, 1.0, -1)
    soft = np.asarray(cv2.GaussianBlur(spot, (0, 0), max(width * rng.uniform(0.01, 0.08), 1.0)), np.float32)
    return image + soft[:, :, None] * np.float32(rng.uniform(0.2, 0.9))


def _ints(*values: float) -> tuple[int, ...]:
    return tuple(max(round(value), 0) for value in values)
