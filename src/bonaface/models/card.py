"""The model card that lies beside weights that ship in the package."""

from importlib.resources import files

from bonaface.errors import ModelMissingError
from bonaface.models.catalog import DetectorEntry, PadEntry


def read_card(entry: DetectorEntry | PadEntry) -> str | None:
    """The Markdown text of the card that an entry names; none when it names none.

    Raises ModelMissingError when the entry names a card that the installation lacks.
    """
    if entry.card is None:
        return None
    try:
        return (files("bonaface.models") / "weights" / entry.card).read_text("utf-8").strip()
    except FileNotFoundError:
        raise ModelMissingError(
            f"The model card of {entry.name} is missing; install the package again."
        ) from None
