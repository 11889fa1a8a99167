"""Makes docs/watch.gif from the frames that the end-to-end run left in build/screenshots/frames.

A frame's file name ends in its time in milliseconds (`012-03400.png`), so the picture runs as fast as the page did;
`clip.json` says which part of the page is shown.
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageChops

ROOT = Path(__file__).parents[1]
FRAMES = ROOT / "build" / "screenshots" / "frames"
PICTURE = ROOT / "docs" / "watch.gif"
COLOURS = 96
LAST_FRAME = 4000
LIMIT = 2_000_000


Box = tuple[float, float, float, float]


def clip() -> Box:
    box = json.loads((FRAMES / "clip.json").read_text())
    return box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]


def frames_with_durations(paths: list[Path], box: Box) -> tuple[list[Image.Image], list[int]]:
    """The frames, each of which differs from the one before it, and how long each stands, in milliseconds."""
    frames: list[Image.Image] = []
    times: list[int] = []
    for path in paths:
        frame = Image.open(path).convert("RGB").crop(box)
        if not frames or ImageChops.difference(frame, frames[-1]).getbbox():
            frames.append(frame)
            times.append(int(path.stem.split("-")[-1]))
    durations = [later - earlier for earlier, later in pairwise(times)]
    return frames, [*durations, LAST_FRAME]


def common_palette(frames: list[Image.Image]) -> Image.Image:
    """A palette for all frames, so that what stands still has the same bytes in each."""
    samples = frames[:: max(1, len(frames) // 4)] + frames[-1:]
    width, height = samples[0].size
    sheet = Image.new("RGB", (width, height * len(samples)))
    for number, sample in enumerate(samples):
        sheet.paste(sample, (0, number * height))
    return sheet.quantize(COLOURS)


def main() -> int:
    paths = sorted(FRAMES.glob("*.png"))
    if not paths:
        print(f"no frames in {FRAMES.relative_to(ROOT)}: call `make gif`", file=sys.stderr)
        return 1
    frames, durations = frames_with_durations(paths, clip())
    palette = common_palette(frames)
    first, *others = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    PICTURE.parent.mkdir(exist_ok=True)
    first.save(PICTURE, save_all=True, append_images=others, duration=durations, loop=0, optimize=False)
    size = PICTURE.stat().st_size
    print(f"{PICTURE.relative_to(ROOT)}: {len(frames)} frames, {sum(durations) / 1000:.1f} s, {size / 1000:.0f} kB")
    if size >= LIMIT:
        print(f"too large: expected less than {LIMIT // 1000} kB", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
