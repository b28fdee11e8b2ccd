#!/usr/bin/env bash
# aiohttp 3.14.5: a file name that its client sends is not the one that its own server reads. FormData percent-encodes
# `filename="..."` by default (quote_fields=True; RFC 7578, 2, allows it), and the server side decodes nothing, so
# `사진.jpg` arrives as `%EC%82%AC%EC%A7%84.jpg` and `50% off.jpg` as `50%25%20off.jpg`. With quote_fields=False the same
# server reads the name that was given. Who keeps names must know which client sent them.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet --disable-pip-version-check aiohttp==3.14.5
"$scratch/venv/bin/python" - <<'PY'
import asyncio

import aiohttp
from aiohttp import web

NAMES = ("사진.jpg", "50% off.jpg", "a+b.jpg")


async def main() -> None:
    read: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        read.append((await request.post())["imageFile"].filename)
        return web.Response()

    app = web.Application()
    app.router.add_post("/", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    async with aiohttp.ClientSession() as session:
        for quote in (True, False):
            for name in NAMES:
                form = aiohttp.FormData(quote_fields=quote)
                form.add_field("imageFile", b"x", filename=name)
                async with session.post(url, data=form):
                    pass
    await runner.cleanup()
    print("by default:        ", read[:3])
    print("quote_fields=False:", read[3:])
    assert read[:3] == ["%EC%82%AC%EC%A7%84.jpg", "50%25%20off.jpg", "a%2Bb.jpg"], "names are read otherwise now"
    assert tuple(read[3:]) == NAMES


asyncio.run(main())
PY
