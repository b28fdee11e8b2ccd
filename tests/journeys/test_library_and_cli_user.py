"""Lee has folders of pictures and a notebook, no server and no wish for one.

He asks whether everything is there, checks a folder in a terminal and in a pipe, has the verdicts drawn, and
does the same from Python with what he has: paths, OpenCV's arrays, Pillow's images.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import ROOT
from support.servers.home import Home

PICTURES = ("astronaut.png", "attack.jpg")
AN_ATTACK = 1
"""Exit status where there is one."""
FROM_PYTHON = """
import json, sys
import cv2, numpy as np
from PIL import Image
from bonaface import Analyzer, BonafaceError

folder = sys.argv[1]
path = f"{folder}/album/astronaut.png"
analyzer = Analyzer(lanes=2)
expected = analyzer.analyze(path)
frame = cv2.imread(path)
same = [
    analyzer.analyze(open(path, "rb").read()),
    analyzer.analyze(open(path, "rb")),
    analyzer.analyze(Image.open(path)),
    analyzer.analyze(frame, color="bgr"),
    analyzer.analyze(np.asarray(Image.open(path).convert("RGB"))),
]
assert all(each == expected for each in same), same
assert analyzer.analyze(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)).faces

sentences = []
for wrong in (cv2.imread("none.png"), frame.astype("float32"), "a name".encode()):
    try:
        analyzer.analyze(wrong)
    except BonafaceError as error:
        sentences.append(str(error))

done = []
images = [path, b"no image", path]
many = list(analyzer.analyze_many(images, "strict", progress=done.append, on_error="return"))
assert [type(each).__name__ for each in many] == ["Analysis", "UnsupportedImageFormatError", "Analysis"]
expected.draw(path).save(f"{folder}/mine.webp")
print(json.dumps({"faces": expected.to_dict()["faces"], "done": done, "sentences": sentences,
                  "shown": expected._repr_html_()}))
"""


def test_from_a_folder_of_pictures_to_a_script_of_his_own(home: Home, tmp_path: Path) -> None:
    album = tmp_path / "album"
    (album / "holiday").mkdir(parents=True)
    shutil.copy(ROOT / "examples" / PICTURES[0], album)
    shutil.copy(ROOT / "examples" / PICTURES[1], album / "holiday")
    asks_whether_everything_is_there(home)
    checks_the_folder_in_a_pipe(home, album)
    has_the_verdicts_drawn_on_a_page(home, album)
    pipes_one_image_through_as_json(home, album)
    mistypes(home, album)
    does_the_same_from_python(home, tmp_path)


def asks_whether_everything_is_there(home: Home) -> None:
    """The verdict on the test image is the one that the README promises, and no line is too wide."""
    told = home.command("doctor")
    assert "one face, bona fide" in " ".join(told.split())
    assert max(map(len, told.splitlines())) <= 80


def checks_the_folder_in_a_pipe(home: Home, album: Path) -> None:
    """Folders are entered; a line an image, so that `cut` and `grep` can go on with it."""
    lines = [line.split("\t") for line in checked(home, str(album)).splitlines()]
    assert [(Path(name).name, verdict) for name, verdict, *_ in lines] == [
        (PICTURES[0], "bona fide"),
        (PICTURES[1], "presentation attack"),
    ]


def has_the_verdicts_drawn_on_a_page(home: Home, album: Path) -> None:
    """A table that fits the terminal, pictures with their boxes, and one page with all, the worst first."""
    drawn = album.parent / "drawn"
    table = checked(home, str(album), "--format", "table", "--draw", f"{drawn}/")
    assert max(map(len, table.splitlines())) <= 80
    assert sum(path.is_file() for path in drawn.rglob("*")) == 2
    sheet = album.parent / "sheet.html"
    checked(home, str(album), "--draw", str(sheet))
    page = sheet.read_text("utf-8")
    assert page.index(PICTURES[1]) < page.index(PICTURES[0])


def pipes_one_image_through_as_json(home: Home, album: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bonaface", "check", "-", "--json", "--preset", "strict"],
        input=(album / PICTURES[0]).read_bytes(),
        env=home.environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == AN_ATTACK
    (face,) = json.loads(done.stdout)["faces"]
    assert face["spoofing"] is True


def checked(home: Home, *words: str) -> str:
    """What `bonaface check` prints of an album with an attack in it: its exit status tells that, too."""
    done = home.python("-m", "bonaface", "check", *words)
    assert done.returncode == AN_ATTACK, done.stderr
    return done.stdout


def mistypes(home: Home, album: Path) -> None:
    """One sentence that says what to do, and an exit status that a script sees."""
    for words, told in (
        (("check", str(album / "nobody.png")), "nobody.png"),
        (("check", str(album), "--format", "xml"), "xml"),
        (("chekc", str(album)), "chekc"),
    ):
        done = home.python("-m", "bonaface", *words)
        assert done.returncode == 2
        assert told in done.stderr
        assert "Traceback" not in done.stderr


def does_the_same_from_python(home: Home, folder: Path) -> None:
    """Whatever he holds an image in gives the same verdict; what is no image is told, with what to do."""
    script = folder / "mine.py"
    script.write_text(FROM_PYTHON)
    done = home.python(str(script), str(folder))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [face["spoofing"] for face in told["faces"]] == [False]
    assert told["done"] == [1, 2, 3]
    assert len(told["sentences"]) == 3
    assert all(sentence.endswith(".") for sentence in told["sentences"])
    assert "<table" in told["shown"]
    assert (folder / "mine.webp").read_bytes()[8:12] == b"WEBP"
