"""Copy what the screens need from node_modules into static/vendor, and draw the icon sprite. Standard library only."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

COPIES = {
    "leaflet/dist/leaflet-src.esm.js": "leaflet/leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet/leaflet.css",
    "leaflet/LICENSE": "leaflet/LICENSE",
    "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.min.js": "geoman/leaflet-geoman.js",
    "@geoman-io/leaflet-geoman-free/LICENSE": "geoman/LICENSE",
    "uplot/dist/uPlot.iife.min.js": "uplot/uplot.js",
    "uplot/dist/uPlot.min.css": "uplot/uplot.css",
    "uplot/LICENSE": "uplot/LICENSE",
    "hls.js/dist/hls.light.min.mjs": "hls/hls.js",
    "hls.js/LICENSE": "hls/LICENSE",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter/inter-latin.woff2",
    "@fontsource-variable/inter/LICENSE": "inter/LICENSE",
    "@tabler/icons/LICENSE": "icons.LICENSE",
}
# The faces of printed documents: read by the server and never sent to a browser, so they lie beside what is.
SERIF = "@expo-google-fonts/noto-serif-sc"
FONTS = {
    f"{SERIF}/400Regular/NotoSerifSC_400Regular.ttf": "NotoSerifSC_400Regular.ttf",
    f"{SERIF}/700Bold/NotoSerifSC_700Bold.ttf": "NotoSerifSC_700Bold.ttf",
    f"{SERIF}/LICENSE": "NotoSerifSC.LICENSE",
}
SOURCE_MAP = re.compile(r"^\s*(//[#@]|/\*[#@])\s*sourceMappingURL=.*$", re.MULTILINE)
IMAGE_OF_LEAFLET = re.compile(r"url\(images/[^)]*\)")
SHAPES = re.compile(r"<svg[^>]*>(.*?)</svg>", re.DOTALL)
FRAME = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


def build(project: Path) -> None:
    """Fill ``static/vendor`` and ``fonts`` of ``project``; raise FileNotFoundError when ``npm ci`` has not run."""
    modules, vendor = project / "node_modules", project / "static" / "vendor"
    for source, target in COPIES.items():
        copy(modules / source, vendor / target)
    for source, target in FONTS.items():
        copy(modules / source, project / "fonts" / target)
    names = (project / "static" / "core" / "icons.txt").read_text("utf-8").split()
    (vendor / "icons.svg").write_text(sprite(modules / "@tabler" / "icons" / "icons" / "outline", names), "utf-8")


def copy(source: Path, target: Path) -> None:
    """Copy one file; texts lose their source map, and Leaflet's style its pictures, which the screens never show."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix not in {".js", ".mjs", ".css"}:
        shutil.copyfile(source, target)
        return
    text = SOURCE_MAP.sub("", source.read_text("utf-8"))
    target.write_text(IMAGE_OF_LEAFLET.sub("none", text), "utf-8")


def sprite(folder: Path, names: list[str]) -> str:
    """One SVG with a symbol per icon, in the order of ``names``."""
    symbols = []
    for name in names:
        match = SHAPES.search((folder / f"{name}.svg").read_text("utf-8"))
        if match is None:
            raise ValueError(f"{name}.svg holds no drawing")
        shapes = re.sub(r"\s*\n\s*", "", FRAME.sub("", match[1])).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"


if __name__ == "__main__":
    build(Path(__file__).resolve().parents[2])
