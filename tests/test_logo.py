"""Any logo a front desk has comes out sharp and small, or is refused in one sentence."""

import gzip
import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from gluterelief_pdf import clinic, colour, logo
from gluterelief_pdf.errors import ClinicError
from tests.logos import LOGOS, REFUSED_SVG


@pytest.mark.parametrize("name", LOGOS)
def test_a_logo_is_fitted_and_kept_small(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(LOGOS[name]())

    loaded = logo.load(tmp_path / name)

    assert 0 < loaded.width_mm <= 60
    assert 0 < loaded.height_mm <= 18
    assert len(loaded.content) < 200_000
    if loaded.media_type == "image/png":
        picture = Image.open(io.BytesIO(loaded.content))
        assert picture.mode in ("RGB", "RGBA")
        assert picture.width <= 60 / 25.4 * 300 + 1
        assert picture.width / loaded.width_mm * 25.4 >= 149
        assert picture.info.keys() <= {"srgb"}


@pytest.mark.parametrize(
    ("name", "colour", "pale"),
    [
        ("rgb.png", "#0b6e6e", False),
        ("transparent.png", "#0b6e6e", False),
        ("one-bit.png", None, False),
        ("grey-alpha.png", None, False),
        ("white-on-nothing.png", None, True),
        ("plain.svg", "#0b6e6e", False),
        ("percent.svg", "#884400", False),
        ("illustrator.svg", "#884400", False),
        ("coreldraw.svg", "#884400", False),
        ("cairo.svg", "#2a7f62", False),
        ("current.svg", "#884400", False),
        ("half-white.svg", None, False),
    ],
)
def test_the_clinics_colour_is_found_in_its_logo(name: str, colour: str | None, pale: bool, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(LOGOS[name]())

    loaded = logo.load(tmp_path / name)

    assert (loaded.colour, loaded.pale) == (colour, pale)


@pytest.mark.parametrize(
    ("name", "stands"), [("white-beside-colour.png", True), ("white-in-colour.png", False), ("transparent.png", False)]
)
def test_a_logo_with_white_parts_on_nothing_stands_on_a_plate(name: str, stands: bool, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(LOGOS[name]())

    loaded = logo.load(tmp_path / name)
    _, notes = clinic.make(name="Riverside", logo=tmp_path / name)

    assert bool(loaded.plate) == stands
    assert ("a part of the logo is white, so it stands on a dark plate" in notes) == stands
    if loaded.plate:
        assert min(colour.contrast("#ffffff", loaded.plate), colour.contrast("#0b6e6e", loaded.plate)) > 1.5


def test_a_photo_that_a_telephone_turned_stands_upright(tmp_path: Path) -> None:
    (tmp_path / "turned.jpg").write_bytes(LOGOS["turned.jpg"]())

    loaded = logo.load(tmp_path / "turned.jpg")

    assert loaded.width_mm > loaded.height_mm


@pytest.mark.parametrize("name", REFUSED_SVG)
def test_an_svg_that_does_more_than_draw_is_refused(name: str, tmp_path: Path) -> None:
    content, fault = REFUSED_SVG[name]
    path = tmp_path / "clinic.svg"
    path.write_bytes(content())

    with pytest.raises(ClinicError) as error:
        logo.load(path)

    assert str(error.value) == f"{path}: {fault}"
    assert error.value.hint == "Or save the logo as PNG and try again."


@pytest.mark.parametrize(
    "body",
    [
        '<rect width="9" height="9" fill="red" fill-opacity="abc"/>',
        '<clipPath id="c"><rect width="9" height="9" clip-path="url(#c)"/></clipPath><rect clip-path="url(#c)"/>',
        '<style>@\\69mport "http://example.org/a.css"</style><rect width="9" height="9"/>',
        '<linearGradient id="g" gradientUnits="userSpaceOnUse" x2="0.00001" y2="0" spreadMethod="repeat">'
        '<stop offset="0"/><stop offset="1" stop-color="red"/></linearGradient>'
        '<rect width="200" height="60" fill="url(#g)"/>',
    ],
    ids=["a wrong number", "a clip of itself", "a hidden import", "a million stripes"],
)
def test_a_drawing_that_cannot_be_drawn_is_refused_before_the_sheet_is_made(body: str, tmp_path: Path) -> None:
    path = tmp_path / "clinic.svg"
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 60">{body}</svg>', encoding="utf-8")

    with pytest.raises(ClinicError) as error:
        logo.load(path)

    assert str(error.value) == f"{path}: cannot be drawn, or not in 3 seconds"
    assert error.value.hint == "Simplify it, or save the logo as PNG, and try again."


def test_a_drawing_in_millimetres_keeps_its_shape_and_place(tmp_path: Path) -> None:
    for name in ("millimetres.svg", "far-off.svg"):
        (tmp_path / name).write_bytes(LOGOS[name]())

    inches, far = logo.load(tmp_path / "millimetres.svg"), logo.load(tmp_path / "far-off.svg")

    assert b'viewBox="0.0 0.0 188.97637795275' in inches.content
    assert b'viewBox="1234567.5 0.0 200.0 60.0"' in far.content


def test_a_packed_drawing_is_unpacked_only_so_far(tmp_path: Path) -> None:
    path = tmp_path / "clinic.svgz"
    path.write_bytes(gzip.compress(b"<svg>" + b" " * 30_000_000))

    with pytest.raises(ClinicError) as error:
        logo.load(path)

    assert str(error.value) == f"{path}: is larger than 10 MB when unpacked"


def _huge() -> bytes:
    file = io.BytesIO()
    Image.new("1", (9000, 9000)).save(file, "PNG")
    return file.getvalue()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _as(kind: str, colour: str = "teal", size: tuple[int, int] = (40, 40)) -> Callable[[], bytes]:
    def save() -> bytes:
        file = io.BytesIO()
        Image.new("RGB", size, colour).save(file, kind)
        return file.getvalue()

    return save


SAVE_AS_PNG = "PNG, JPEG and SVG work. Save the logo as PNG and try again."


@pytest.mark.parametrize(
    ("content", "fault", "hint"),
    [
        (lambda: b"", "the file is empty", "Save the logo again and try again."),
        (lambda: b"not a picture", "is not a PNG, JPEG or SVG picture", SAVE_AS_PNG),
        (_as("GIF"), "is a GIF file, which cannot be used", SAVE_AS_PNG),
        (_as("WEBP"), "is a WebP picture, which cannot be used", SAVE_AS_PNG),
        (_as("PDF"), "is a PDF file, which cannot be used", SAVE_AS_PNG),
        (
            _as("PNG", "white"),
            "shows nothing: it is all white or all transparent",
            "Save one with colour or black in it, or a white one on a transparent ground.",
        ),
        (
            _as("PNG", "teal", (9000, 10)),
            "is so long and thin that it would print as a line",
            "Cut it to the shape of a logo and try again.",
        ),
        (lambda: b"\0\0\0\x24ftyphevc" + b"\0" * 99, "is a HEIC or AVIF picture, which cannot be used", SAVE_AS_PNG),
        (
            lambda: LOGOS["rgb.png"]()[:300],
            "the picture is cut short or damaged",
            "Save the logo again as PNG and try again.",
        ),
        (
            lambda: b"\x89PNG\r\n\x1a\n" + b"x" * 99,
            "the picture is cut short or damaged",
            "Save the logo again as PNG and try again.",
        ),
        (
            lambda: LOGOS["rgb.png"]()[:-12] + _chunk(b"iCCP", b"x\0") + _chunk(b"IEND", b""),
            "the picture is cut short or damaged",
            "Save the logo again as PNG and try again.",
        ),
        (lambda: b"\x89PNG" + b"x" * 10_000_000, "is larger than 10 MB", "Save a smaller copy and try again."),
        (_huge, "has more than 40 megapixels", "Save a smaller copy and try again."),
    ],
)
def test_what_is_no_usable_picture_is_refused(
    content: Callable[[], bytes], fault: str, hint: str, tmp_path: Path
) -> None:
    path = tmp_path / "clinic.png"
    path.write_bytes(content())

    with pytest.raises(ClinicError) as error:
        logo.load(path)

    assert (str(error.value), error.value.hint) == (f"{path}: {fault}", hint)


def test_a_logo_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ClinicError, match="there is no such file"):
        logo.load(tmp_path / "none.png")
    with pytest.raises(ClinicError, match="is a folder, not a picture"):
        logo.load(tmp_path)


def test_a_logo_that_cannot_be_read_is_told_and_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")

    with pytest.raises(ClinicError, match=r"pipe\.png: is a pipe or a device, not a file"):
        logo.load(tmp_path / "pipe.png")
    with pytest.raises(ClinicError, match="/proc/self/mem: cannot be read: input/output error"):
        logo.load(Path("/proc/self/mem"))


def test_a_logo_in_a_place_that_cannot_be_looked_into_is_told(tmp_path: Path) -> None:
    name = "n" * 300 + ".png"

    with pytest.raises(ClinicError) as error:
        logo.load(tmp_path / name)

    assert str(error.value) == f"{tmp_path / name}: cannot be read: file name too long"
