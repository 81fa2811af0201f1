"""Draws each surface that a JSON file lists: `python -m tools.slack_pictures surfaces.json`."""

import argparse
import sys
from pathlib import Path

from tools.slack_pictures.browser import Unready, browser, check_ready, small
from tools.slack_pictures.exact import check_exact
from tools.slack_pictures.page import page_of
from tools.slack_pictures.surfaces import NotDrawn, read_surfaces

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Writes NAME.LANGUAGE.png for each surface, or says what is missing and writes no more."""
    parser = argparse.ArgumentParser(prog="slack_pictures", description=__doc__)
    parser.add_argument("surfaces", type=Path, help="a JSON list, each entry as surfaces.py has it")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "slack", help="folder of the pictures")
    parser.add_argument("--scale", type=float, default=2, help="pixels of the picture for each of the page's (2)")
    options = parser.parse_args()
    try:
        draw(options.surfaces, options.out, options.scale)
    except (NotDrawn, Unready, OSError, ValueError) as error:
        sys.exit(f"slack_pictures: {error}")


def draw(surfaces: Path, out: Path, scale: float) -> None:
    """Draws what the file lists into the folder, which is made where it is missing."""
    check_ready()
    pages = [(surface, page_of(surface)) for surface in read_surfaces(surfaces)]
    out.mkdir(parents=True, exist_ok=True)
    with browser() as tab:
        for surface, page in pages:
            png, text = tab.picture(page, surface.width, scale)
            check_exact(text, surface)
            path = out / f"{surface.name}.{surface.language}.png"
            sys.stdout.write(f"{path.name}\t{path.write_bytes(small(png)) / 1000:.0f} kB\n")


if __name__ == "__main__":
    main()
