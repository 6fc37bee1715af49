"""Static files with their content's hash in the name, so that a browser may keep them for ever."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from servestatic.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Hashes and compresses every file at set-up; a missing file never breaks a page.

    What readers load is compressed as well as can be; Wagtail's hundreds of files for the newsroom with gzip only,
    since Brotli at its best would be most of the time that a set-up takes.
    """

    manifest_strict = False
    for_readers = "theme/"

    def compress_files(self, paths: Iterable[str]) -> Iterator[Any]:
        known = list(paths)
        yield from super().compress_files([path for path in known if path.startswith(self.for_readers)])
        self.is_for_newsroom = True
        yield from super().compress_files([path for path in known if not path.startswith(self.for_readers)])

    def create_compressor(self, **options: Any) -> Any:
        if getattr(self, "is_for_newsroom", False):
            options |= {"use_brotli": False, "use_zstd": False}
        return super().create_compressor(**options)
