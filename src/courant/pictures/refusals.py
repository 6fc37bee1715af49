"""Why a picture was not taken; the message is meant for whoever sent it."""

from __future__ import annotations

import errno


class PictureRefused(ValueError):
    """The file cannot be taken as it is, or what was said about it cannot."""


class PictureNotStored(OSError):
    """The file is fine, but could not be kept; nothing of it was."""

    def __init__(self, cause: OSError) -> None:
        reason = "the disk is full" if cause.errno in (errno.ENOSPC, errno.EDQUOT) else "the storage failed"
        super().__init__(cause.errno, f"The picture could not be stored: {reason}. Nothing was kept; try again later.")

    def __str__(self) -> str:
        return str(self.strerror)
