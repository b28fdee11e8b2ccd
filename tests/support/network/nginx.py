"""nginx in a folder of its own, with the recipe of deploy/nginx."""

import shutil
from pathlib import Path

RECIPE = (Path(__file__).resolve().parents[3] / "deploy" / "nginx" / "bonaface.conf").read_text("utf-8")
MAIN = """
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/bonaface.conf;
    {more}
}}
"""
PROGRAM = shutil.which("nginx", path="/usr/sbin:/usr/bin")


def why_not() -> str | None:
    """Why there can be no nginx here; None where there can."""
    return None if PROGRAM else "needs nginx"


def write_config(folder: Path, recipe: str, more: str = "") -> None:
    """Have the nginx of `folder` go by `recipe`, and by `more` beside it."""
    (folder / "bonaface.conf").write_text(recipe, "utf-8")
    (folder / "main.conf").write_text(MAIN.format(folder=folder, more=more), "utf-8")


def command(folder: Path) -> list[str]:
    """What runs the nginx of `folder`."""
    return [str(PROGRAM), "-p", str(folder), "-c", str(folder / "main.conf")]
