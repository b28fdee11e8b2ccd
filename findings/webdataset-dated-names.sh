#!/usr/bin/env bash
# WebDataset 1.0.2 over a tar of captures: a name is cut at its first dot, so that two images which a kiosk named by date,
# `2026.11.30-1.jpg` and `2026.11.30-2.jpg`, are one sample `2026` with the fields `11.30-1.jpg` and `11.30-2.jpg`, and an
# image without an extension is left out. Seen: four images, two samples; who asks for `jpg` gets an error that ends the
# reading, or, with missing_is_error=False, one None for the two images. Nothing is said of the third.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check webdataset==1.0.2
venv/bin/python - <<'PY'
import io
import tarfile

import webdataset

NAMES = ("kiosk/2026.11.30-1.jpg", "kiosk/2026.11.30-2.jpg", "kiosk/face.jpg", "kiosk/capture")
with tarfile.open("captures.tar", "w") as tar:
    for name in NAMES:
        entry = tarfile.TarInfo(name)
        entry.size = len(name)
        tar.addfile(entry, io.BytesIO(name.encode()))


def read() -> webdataset.WebDataset:
    return webdataset.WebDataset("captures.tar", shardshuffle=False)


found = {
    sample["__key__"]: sorted(field for field in sample if not field.startswith("__")) for sample in read()
}
assert found == {"kiosk/2026": ["11.30-1.jpg", "11.30-2.jpg"], "kiosk/face": ["jpg"]}, found
try:
    list(read().to_tuple("jpg"))
except ValueError as error:
    assert "didn't find" in str(error), error
else:
    raise AssertionError("it was read")
left = list(read().to_tuple("jpg", missing_is_error=False))
assert left == [(None,), (b"kiosk/face.jpg",)], left
PY
echo "as told"
