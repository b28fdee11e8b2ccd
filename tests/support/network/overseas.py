"""What an island can reach: a name server, and web servers at addresses of the test's choice."""

import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from anyio.from_thread import BlockingPortal, start_blocking_portal

from support.network.island import NAME_SERVER, PUBLIC, Island, island, why_not
from support.network.nameserver import NameServer, name_server
from support.network.web import Exchange, Handler, LocalServer, serve


@dataclass(frozen=True)
class Overseas:
    """An island and its name server."""

    island: Island
    portal: BlockingPortal
    names: NameServer

    @property
    def asked(self) -> list[tuple[str, str]]:
        """Names and types that were asked for and not taken yet."""
        return self.names.asked

    def take_asked(self) -> list[tuple[str, str]]:
        """The same, and forget them."""
        taken, self.names.asked[:] = self.names.asked[:], []
        return taken

    @contextmanager
    def serving(
        self, answer: bytes | Handler, tls: ssl.SSLContext | None = None, host: str = PUBLIC
    ) -> Iterator[LocalServer]:
        """A web server at an address over there, which gives `answer` to everything."""
        handler = _constant(answer) if isinstance(answer, bytes) else answer
        with self.portal.wrap_async_context_manager(serve(handler, tls, host)) as server:
            yield server


@contextmanager
def overseas(
    folder: Path, names: Mapping[str, Sequence[str]], need: Callable[[str | None], None]
) -> Iterator[Overseas]:
    """An island where `names` resolve; `need` is told why there can be none, or None."""
    need(why_not())
    with ExitStack() as stack:
        made = stack.enter_context(island(folder))
        with made.outside.entered():  # the portal's thread stays there
            portal = stack.enter_context(start_blocking_portal())
        server = stack.enter_context(portal.wrap_async_context_manager(name_server(NAME_SERVER, names)))
        yield Overseas(made, portal, server)


def _constant(body: bytes) -> Handler:
    async def answer(exchange: Exchange) -> None:
        await exchange.answer(body=body)

    return answer
