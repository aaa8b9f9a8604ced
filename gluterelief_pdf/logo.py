"""The clinic's picture file → a safe, print-ready logo and the brand colour in it."""

import base64
import io
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from gluterelief_pdf import fonts, infile, limits, pdf, svg
from gluterelief_pdf.colour import INK, WHITE, contrast, hue_of, is_grey, luminance, to_hex
from gluterelief_pdf.errors import ClinicError, RenderError
from gluterelief_pdf.model import Logo

if TYPE_CHECKING:
    from PIL import Image

MAX_WIDTH_MM, MAX_HEIGHT_MM = 60, 18
MAX_PIXELS = 40_000_000
PRINT_DPI = 300  # more is not seen on paper
LEAST_DPI = 150  # fewer look soft, so a small picture is not enlarged past this
MM_PER_INCH = 25.4
PALE = 0.75  # relative luminance above which a picture vanishes on white paper
WORKING_PX = 2400  # more than three times what is printed
MIN_SIDE_MM = 0.2  # a finer line does not print
DRAWING_S, DRAWING_BYTES = 3.0, 400 * 2**20  # some 200 MiB are mapped for any, most of it never used
PALE_GREY = 224  # of 255; white parts and their soft edges
LOST = 0.03  # the share of a logo that may be lost
PLATES = (INK, "#4a555b", "#6b7479", "#808a8f")
COLOUR_SAMPLE_PX = 96
HUE_BINS = 24

WORKS = "PNG, JPEG and SVG work."
OTHER_FORMATS = {
    b"GIF8": "GIF",
    b"%PDF": "PDF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"%!PS": "EPS",
    b"\0\0\1\0": "ICO",
    b"8BPS": "Photoshop",
    b"PK\3\4": "Word or ZIP",
}


def load(path: Path) -> Logo:
    """Read a logo, and tell what it is by its first bytes, not by its name.

    Raises:
        ClinicError: if it can't be read, is over 10 MB or `MAX_PIXELS`, or is no safe PNG, JPEG or SVG.
    """
    content = _read(path)
    try:
        content = svg.unpacked(content, limit=infile.MAX_BYTES)
    except ValueError as error:
        raise ClinicError(f"{path}: {error}", hint=f"{WORKS} Save the logo as PNG and try again.") from error
    if content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        return _raster(path, content)
    if svg.looks_like(content):
        return _drawing(path, content)
    raise ClinicError(f"{path}: {_what(content)}", hint=f"{WORKS} Save the logo as PNG and try again.")


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise ClinicError(f"{path}: is a folder, not a picture", hint="Name the logo's file.")
        content = infile.read(path)
    except FileNotFoundError:
        raise ClinicError(f"{path}: there is no such file", hint="Check the name and the folder.") from None
    except infile.UnfitError as error:
        raise ClinicError(f"{path}: {error.strerror}", hint=error.hint) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ClinicError(f"{path}: cannot be read: {reason}", hint="Check who may read the file.") from error
    if not content:
        raise ClinicError(f"{path}: the file is empty", hint="Save the logo again and try again.")
    return content


def _what(content: bytes) -> str:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "is a WebP picture, which cannot be used"
    if content[4:8] == b"ftyp" and content[8:10] in (b"he", b"mi", b"ms", b"av"):  # heic, hevc, mif1, msf1, avif …
        return "is a HEIC or AVIF picture, which cannot be used"
    for start, name in OTHER_FORMATS.items():
        if content.startswith(start):
            return f"is a {name} file, which cannot be used"
    return "is not a PNG, JPEG or SVG picture"


def _drawing(path: Path, content: bytes) -> Logo:
    try:
        drawing = svg.clean(content)
    except ValueError as error:
        raise ClinicError(f"{path}: {error}", hint="Or save the logo as PNG and try again.") from error
    scale = min(MAX_WIDTH_MM / drawing.width, MAX_HEIGHT_MM / drawing.height)
    _check_shape(path, drawing.width, drawing.height)
    _try(path, drawing)
    colours = drawing.colours
    return Logo(
        content=drawing.content,
        media_type="image/svg+xml",
        width_mm=round(drawing.width * scale, 2),
        height_mm=round(drawing.height * scale, 2),
        colour=next((colour for colour in colours if not is_grey(colour)), None),
        dpi=None,
        pale=bool(colours) and all(luminance(colour) > PALE for colour in colours),
    )


def _try(path: Path, drawing: svg.Drawing) -> None:
    """Draw it once by itself: what WeasyPrint fails at, or takes long over, is not known beforehand."""
    pdf.ready()  # here, so that the process that draws and the one that makes the sheet need not
    url = f"data:image/svg+xml;base64,{base64.b64encode(drawing.content).decode()}"
    html = f'<!doctype html><html lang="en"><title>Logo</title><img alt="Logo" src="{url}" style="width: 60mm"></html>'
    faces = fonts.needed("")
    css, folders = fonts.css(faces), fonts.folders(faces)
    try:
        limits.run(pdf.render, DRAWING_S, DRAWING_BYTES, html, css=css, folders=folders)
    except RenderError as error:
        hint = "Simplify it, or save the logo as PNG, and try again."
        raise ClinicError(f"{path}: cannot be drawn, or not in {DRAWING_S:g} seconds", hint=hint) from error


def _check_shape(path: Path, width: float, height: float) -> None:
    scale = min(MAX_WIDTH_MM / width, MAX_HEIGHT_MM / height)
    if min(width, height) * scale < MIN_SIDE_MM:
        hint = "Cut it to the shape of a logo and try again."
        raise ClinicError(f"{path}: is so long and thin that it would print as a line", hint=hint)


def _raster(path: Path, content: bytes) -> Logo:
    from PIL import Image, ImageFile

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint allows them for the whole process
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
            upright = _print_ready(picture)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            megapixels = MAX_PIXELS // 1_000_000
            hint = "Save a smaller copy and try again."
            raise ClinicError(f"{path}: has more than {megapixels} megapixels", hint=hint) from None
        except limits.OUT_OF_MEMORY:
            raise
        except Exception:  # whatever a decoder stumbles over, which differs from file to file
            hint = "Save the logo again as PNG and try again."
            raise ClinicError(f"{path}: the picture is cut short or damaged", hint=hint) from None
    _check_shape(path, upright.width, upright.height)
    if _is_blank(upright):
        hint = "Save one with colour or black in it, or a white one on a transparent ground."
        raise ClinicError(f"{path}: shows nothing: it is all white or all transparent", hint=hint)
    largest = min(MAX_WIDTH_MM / upright.width, MAX_HEIGHT_MM / upright.height)
    mm_per_px = min(largest, MM_PER_INCH / LEAST_DPI)
    width_mm, height_mm = upright.width * mm_per_px, upright.height * mm_per_px
    pixels = [max(1, round(side / MM_PER_INCH * PRINT_DPI)) for side in (width_mm, height_mm)]
    colour, pale = _look(upright)
    dpi = round(upright.width / width_mm * MM_PER_INCH)
    if pixels[0] < upright.width:
        upright = upright.resize((pixels[0], pixels[1]), Image.Resampling.LANCZOS)
    saved = io.BytesIO()
    upright.save(saved, "PNG", optimize=True)
    plate = _plate(colour) if not pale and _loses_white(upright) else None
    return Logo(saved.getvalue(), "image/png", round(width_mm, 2), round(height_mm, 2), colour, dpi, pale, plate)


def _print_ready(picture: "Image.Image") -> "Image.Image":
    """Turn as EXIF says and convert to 8-bit sRGB, with transparency where there is some."""
    from PIL import ImageOps

    if picture.format == "JPEG":
        picture.draft(None, (WORKING_PX, WORKING_PX))  # decodes a large photo at a fraction of its size
    picture.load()
    profile = picture.info.get("icc_profile")
    if picture.mode in ("RGB", "RGBA", "L", "LA", "CMYK"):  # early, so that a large picture is not copied whole
        picture.thumbnail((WORKING_PX, WORKING_PX))
    turned = ImageOps.exif_transpose(picture)
    if turned.mode.startswith("I"):  # 16 bits of grey
        turned = turned.convert("I").point(lambda value: value / 256).convert("L")
    transparent = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
    if profile and not transparent:
        turned = _to_srgb(turned, profile)
    converted = turned.convert("RGBA" if transparent else "RGB")
    converted.info.clear()  # no dates, profiles or comments go into the sheet
    return converted


def _to_srgb(picture: "Image.Image", profile: bytes) -> "Image.Image":
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):  # a profile that does not fit is not worth failing for
        return picture
    return converted or picture


def _is_blank(picture: "Image.Image") -> bool:
    if picture.mode == "RGBA":
        lowest, highest = picture.getchannel("A").getextrema()
        if lowest != 255:
            return highest == 0
    return picture.convert("L").getextrema()[0] == 255


def _look(picture: "Image.Image") -> tuple[str | None, bool]:
    """Find the most present colour that is no grey, and whether the picture would vanish on white."""
    sample = picture.copy()
    sample.thumbnail((COLOUR_SAMPLE_PX, COLOUR_SAMPLE_PX))
    counts = sample.convert("RGBA").getcolors(COLOUR_SAMPLE_PX**2) or []
    seen = [(count, pixel) for count, pixel in counts if isinstance(pixel, tuple) and pixel[3] > 127]
    bins: dict[int, list[tuple[int, tuple[int, ...]]]] = {}
    for count, pixel in seen:
        colour = to_hex(*pixel[:3])
        if not is_grey(colour):
            bins.setdefault(int(hue_of(colour) * HUE_BINS), []).append((count, pixel))
    total = sum(count for count, _ in seen)
    light = sum(count for count, pixel in seen if luminance(to_hex(*pixel[:3])) > PALE)
    pale = picture.mode == "RGBA" and total > 0 and light > 0.9 * total and total < sample.width * sample.height
    if not bins:
        return None, pale
    shades: dict[tuple[int, ...], list[tuple[int, tuple[int, ...]]]] = {}
    for count, pixel in max(
        bins.values(), key=_weight
    ):  # its soft edges are mixed with the ground: take the pure shade
        shades.setdefault(tuple(channel >> 4 for channel in pixel[:3]), []).append((count, pixel))
    _, pixel = max(max(shades.values(), key=_weight))
    return to_hex(*pixel[:3]), pale


def _loses_white(picture: "Image.Image") -> bool:
    """Tell whether white parts lie on nothing, so that they would be lost on paper; white within a colour is not."""
    from PIL import Image, ImageDraw

    if picture.mode != "RGBA":
        return False
    sample = picture.copy()
    sample.thumbnail((COLOUR_SAMPLE_PX, COLOUR_SAMPLE_PX))
    solid = sample.getchannel("A").point(lambda alpha: 255 * (alpha > 127))
    light = sample.convert("L").point(lambda value: 255 * (value > PALE_GREY))
    paper = Image.new(
        "L", (sample.width + 2, sample.height + 2), 255
    )  # with a rim, from which all of the ground is reached
    paper.paste(light, (1, 1), solid)
    ImageDraw.floodfill(paper, (0, 0), 128)
    reached = paper.crop((1, 1, sample.width + 1, sample.height + 1)).point(lambda value: 255 * (value == 128))
    lost = Image.composite(reached, Image.new("L", sample.size), solid).histogram()[255]
    return lost > LOST * solid.histogram()[255]


def _plate(colour: str | None) -> str:
    """Choose the plate on which both white and the logo's colour are seen best."""
    return max(PLATES, key=lambda plate: min(contrast(WHITE, plate), contrast(colour or INK, plate)))


def _weight(group: Iterable[tuple[int, tuple[int, ...]]]) -> int:
    return sum(count for count, _ in group)
