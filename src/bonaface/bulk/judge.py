"""Items judged by one analyzer: whatever an image holds, it has rows, and the next one comes."""

from collections.abc import Callable, Sequence

from bonaface.analyzer import Analyzer
from bonaface.bulk import rows
from bonaface.bulk.captures import MOST_FRAMES
from bonaface.bulk.columns import Row
from bonaface.bulk.image_bytes import read_image
from bonaface.bulk.item import Item
from bonaface.bulk.work import Work
from bonaface.errors import BonafaceError, InvalidParameterError
from bonaface.liveness.presets import Decision
from bonaface.memory_errors import NO_MEMORY

UNEXPECTED = "{kind}: bonaface failed on this image; please report it."
TOO_MANY = f"A capture has {MOST_FRAMES} frames at most."

Contents = Callable[[], Sequence[bytes]]
"""Gives the bytes of an item's images, or raises why it cannot."""


class ReadError(Exception):
    """Why the bytes of an image could not be had, as a sentence."""


class Judge:
    """An analyzer with its models loaded and warm."""

    def __init__(self, work: Work) -> None:
        """Raises what `Analyzer` raises."""
        self._analyzer = Analyzer(work.settings)
        self._analyzer.warm_up()
        self._decision = Decision(self._analyzer.calibration)
        self._preset = work.preset

    def rows(self, item: Item, contents: Contents) -> list[Row]:
        """What is told of the item; a fault of it is a row, too, and is not raised."""
        try:
            return self._judged(item, contents())
        except BonafaceError as error:
            return rows.failed(item, error.code, str(error))
        except ReadError as error:
            return rows.failed(item, "unreadable_file", str(error))
        except MemoryError:
            return rows.failed(item, "out_of_memory", NO_MEMORY)
        except Exception as error:  # noqa: BLE001 - the others are still to be judged
            return rows.failed(item, "internal_error", UNEXPECTED.format(kind=type(error).__name__))

    def _judged(self, item: Item, images: Sequence[bytes]) -> list[Row]:
        if not item.capture:
            return rows.of_image(item, self._analyzer.analyze(images[0], self._preset), self._decision)
        if len(images) > MOST_FRAMES:
            raise InvalidParameterError(TOO_MANY)
        return rows.of_capture(item, self._analyzer.inspect(images, self._preset), self._decision)


def contents_of(item: Item, work: Work) -> Sequence[bytes]:
    """The bytes of its images. Raises ReadError, or BonafaceError; MemoryError where there is no room."""
    try:
        return [read_image(place, work.root, work.settings.images) for place in item.places]
    except (BonafaceError, MemoryError):
        raise
    except OSError as error:
        raise ReadError(f"{error.strerror or 'cannot be read'}.") from error
    except Exception as error:
        raise ReadError(
            f"{type(error).__name__}: cannot be read."
        ) from error  # what a store's library raises
