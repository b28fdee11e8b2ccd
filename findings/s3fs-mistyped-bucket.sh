#!/usr/bin/env bash
# s3fs 2026.9.0 (fsspec 2026.9.0) against a real S3 server (moto 5.2.5): a bucket of captures whose name is mistyped is an
# error to some questions and an empty folder to others, by the pattern that is asked for. "captuers/**/*.jpg" raises
# FileNotFoundError, "captuers/*.jpg" finds nothing; ls() and find() raise, walk() gives the bucket without files.
# Seen: glob("captuers/*.jpg") -> [], walk("captuers") -> [("captuers", [], [])]. A job over all images of a bucket then
# ends at once, and well, with none judged. walk(..., on_error="raise") raises; glob has no such option.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check s3fs==2026.9.0 fsspec==2026.9.0 "moto[server]==5.2.5"
venv/bin/python - 2>server.log <<'PY'
import fsspec
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
server.start()
host, port = server.get_host_and_port()
store = fsspec.filesystem("s3", key="key", secret="secret", endpoint_url=f"http://{host}:{port}")
store.mkdir("captures")
store.pipe("captures/one.jpg", b"a picture")
assert store.glob("captures/*.jpg") == ["captures/one.jpg"], store.glob("captures/*.jpg")

assert store.glob("captuers/*.jpg") == [], store.glob("captuers/*.jpg")
assert list(store.walk("captuers")) == [("captuers", [], [])], list(store.walk("captuers"))
raising = {
    "glob": lambda: store.glob("captuers/**/*.jpg"),
    "find": lambda: store.find("captuers"),
    "ls": lambda: store.ls("captuers"),
    "walk": lambda: list(store.walk("captuers", on_error="raise")),
}
for name, listing in raising.items():
    try:
        listing()
    except FileNotFoundError:
        continue
    raise SystemExit(f"{name} did not raise")
server.stop()
PY
echo "as told"
