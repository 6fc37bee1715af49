"""Files for the tests of pictures, and a disk that is full."""

from __future__ import annotations

import errno
import io
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin
from wagtail.models import Collection

from courant.pictures.actions import add_picture
from courant.pictures.models import Picture, PictureRendition

NOW = datetime(2022, 1, 21, 16, 22, tzinfo=UTC)
GPS = 0x8825
# What must not be found in any file that is kept or served.
SECRETS = (b"Exif", b"GPS", b"http://ns.adobe.com", b"xpacket", b"8BIM", b"Zollikon", b"47.3402")
XMP = b'<?xpacket begin=""?><x:xmpmeta>http://ns.adobe.com/xap/1.0/ Zollikon 47.3402</x:xmpmeta>'
DEMO = Path(__file__).parents[2] / "src" / "courant" / "demo" / "pictures"


def drawing(size: tuple[int, int] = (1600, 1067), mode: str = "RGB") -> Image.Image:
    """A picture with structure: quarters, red and green above, blue and white below, and a black disc."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.rectangle((0, 0, width // 2, height // 2), fill="red")
    draw.rectangle((width // 2, 0, width, height // 2), fill="lime")
    draw.rectangle((0, height // 2, width // 2, height), fill="blue")
    draw.ellipse((width * 0.4, height * 0.4, width * 0.6, height * 0.6), fill="black")
    return image.convert(mode)


def file_of(image: Image.Image, format: str = "JPEG", **options: Any) -> bytes:
    output = io.BytesIO()
    image.save(output, format, **options)
    return output.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """What a telephone writes: orientation, maker, and where it was held."""
    block = Image.Exif()
    block[0x0112] = orientation
    block[0x010F] = "Zollikon Cameras"
    block[GPS] = {1: "N", 2: (47.0, 20.0, 24.7), 3: "E", 4: (8.0, 34.0, 35.0)}
    return block


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped_profile() -> bytes:
    """A colour profile by which red is what sRGB calls green, and the other way round."""
    profile = srgb_profile().replace(b"rXYZ", b"swap", 1)
    return profile.replace(b"gXYZ", b"rXYZ", 1).replace(b"swap", b"gXYZ", 1)


def telephone_jpeg(size: tuple[int, int] = (1200, 800), orientation: int = 1) -> bytes:
    """A JPEG with EXIF, GPS, XMP, IPTC, a comment and a film behind its end."""
    plain = file_of(
        drawing(size),
        exif=exif(orientation),
        comment=b"at home in Zollikon",
        quality=90,
        xmp=XMP,
        icc_profile=srgb_profile(),
    )
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x0c\x1c\x02\x5a\x00\x08Zollikon"
    segment = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    return plain[:2] + segment + plain[2:] + b"ftypmp42 film of Zollikon, GPS 47.3402"


def chatty_png() -> bytes:
    """A PNG with text, compressed text, international text and EXIF."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "at home in Zollikon")
    texts.add_text("Raw", "47.3402 Zollikon" * 20, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return file_of(drawing((900, 600)), "PNG", pnginfo=texts, exif=exif())


def png_header_only(width: int, height: int) -> bytes:
    """A PNG that promises this size and holds a handful of bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def moving(format: str, frames: int, size: tuple[int, int] = (40, 30)) -> bytes:
    """A GIF or WebP with this many different frames."""
    pages = [Image.new("RGB", size, (number * 37 % 256, number * 91 % 256, 90)) for number in range(frames)]
    return file_of(pages[0], format, save_all=True, append_images=pages[1:], duration=40)


def make_picture(content: bytes | None = None, *, name: str = "harbour.jpg", **values: Any) -> Picture:
    """A picture in the database and on the disk, as `add_picture` makes it."""
    if Collection.get_first_root_node() is None:  # a test that commits finds an emptied database
        Collection.add_root(name="Root")
    words = {"title": "Harbour", "alt": "Two cranes", "caption": "The harbour", "credit": "A. Moreau"}
    return add_picture(file=content or file_of(drawing()), name=name, by=None, now=NOW, **(words | values))


def set_focal_point(picture: Picture, x: int, y: int, width: int = 100, height: int = 100) -> None:
    picture.focal_point_x, picture.focal_point_y = x, y
    picture.focal_point_width, picture.focal_point_height = width, height
    picture.save()


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def content_of(row: Picture | PictureRendition) -> bytes:
    with row.open_file() as file:
        return file.read()


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


class FullDisk(FileSystemStorage):
    """Takes half of a file and no more, as a disk does."""

    def _save(self, name: str, content: File) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.read(content.size // 2))
        raise OSError(errno.ENOSPC, "No space left on device")
