"""`compile`: writes the image of a policy to a file. The file is replaced as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from pathlib import Path

from corsac._command.source import Failure, printable


def write(image: bytes, output: str) -> None:
    """Write an image; ``-`` is standard output."""
    try:
        if output == "-":
            sys.stdout.buffer.write(image)
            sys.stdout.buffer.flush()
        else:
            _replace(Path(output), image)
    except OSError as error:
        raise Failure(f"cannot write {printable(output)}: {error.strerror or error}") from None


def _replace(target: Path, image: bytes) -> None:
    """Replace a file by an image. A reader sees the old file or the new one, never a part."""
    mode = target.stat().st_mode if target.exists() else None
    if mode is not None and not stat.S_ISREG(mode):
        # A pipe or a device cannot be replaced. A folder raises.
        with target.open("wb") as out:
            out.write(image)
        return
    # Replace the target of a link, not the link.
    target = target.resolve()
    handle, name = tempfile.mkstemp(prefix=".corsac-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(image)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(name, stat.S_IMODE(mode) if mode is not None else 0o666 & ~_umask())
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
