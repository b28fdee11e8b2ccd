from bonaface.cli.model_facts import describe
from support.models.catalog import entry, pair

SHIPPED = 'kind = "shipped"'
WHEEL = f'kind = "wheel"\nrequirement = "tiny==1.0"\nwheel_sha256 = "{"0" * 64}"\nmember = "tiny/tiny.onnx"'


def test_a_detector() -> None:
    detector = entry()
    lines = describe(detector, "verified").splitlines()

    assert lines[:5] == [
        "model       tiny",
        "title       Tiny",
        "task        detection",
        "licence     MIT",
        "origin      made by a test",
    ]
    assert lines[5:] == [
        "from        https://example.org",
        "state       verified",
        f"file        tiny.onnx, {detector.file.size} bytes, sha256 {detector.file.sha256}",
    ]


def test_where_a_model_comes_from() -> None:
    assert "from        part of this package" in describe(entry(SHIPPED), "verified")
    assert "from        tiny/tiny.onnx of the published package tiny==1.0" in describe(
        entry(WHEEL), "missing"
    )


def test_a_pad_model_has_files_and_thresholds() -> None:
    text = describe(pair(), "missing")

    assert [line.split()[1] for line in text.splitlines() if line.startswith("file")] == [
        "one.onnx,",
        "two.onnx,",
    ]
    assert "score       sigmoid(1 x log-odds + 0), log-odds clipped to 8" in text
    assert "thresholds  weak 0.2, balanced 0.5, strict 0.8" in text
