"""A resolver whose answers the test decides."""

from collections.abc import Hashable, Mapping, Sequence
from ipaddress import ip_address

from bonaface.fetch.address import Address


class ScriptedResolver:
    """Answers each name with its answers in turn, the last one for ever; unknown names do not resolve.

    An answer is a string of addresses with blanks between them. `asked` lists the names in order.
    """

    def __init__(self, names: Mapping[str, str | Sequence[str]] | None = None) -> None:
        self._answers = {
            name: [answers] if isinstance(answers, str) else list(answers)
            for name, answers in (names or {}).items()
        }
        self.asked: list[str] = []
        self.closed = False

    async def resolve(self, host: str, owner: Hashable = None) -> Sequence[Address]:
        self.asked.append(host)
        answers = self._answers.get(host)
        if answers is None:
            raise OSError("Name or service not known")
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return [ip_address(text) for text in answer.split()]

    def close(self) -> None:
        self.closed = True
