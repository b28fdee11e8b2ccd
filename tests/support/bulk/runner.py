"""A runner that judges nothing: for what a job does around it."""

from collections.abc import Iterator

from bonaface.bulk.columns import Row
from bonaface.bulk.item import Item


class StoppedError(Exception):
    """What ends a run whose runner breaks off."""


class EasyRunner:
    """Gives a row for each item, the last of each four first, and breaks off after so many."""

    def __init__(self, stop_after: int = 1000) -> None:
        self.taken: list[int] = []
        self._stop_after = stop_after

    def judged(self, items: Iterator[Item]) -> Iterator[tuple[Item, list[Row]]]:
        held: list[Item] = []
        for item in items:
            self.taken.append(item.number)
            held.insert(0, item)
            if len(held) == 4:
                yield from ((one, _rows(one)) for one in held)
                held = []
            if len(self.taken) > self._stop_after:
                raise StoppedError
        yield from ((one, _rows(one)) for one in held)


def _rows(item: Item) -> list[Row]:
    return [{"image": item.number, "path": item.places[0].name, "verdict": "no_face"}]
