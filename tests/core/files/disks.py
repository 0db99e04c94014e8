"""Read-only folders and full disks, which work for root as well as for other users."""

import contextlib
import os
import shutil
import subprocess

import pytest


@contextlib.contextmanager
def read_only(folder):
    """Prevent files in a folder from being created, renamed or removed during the block."""
    if os.name == "nt":
        pytest.skip("there are no such permissions")
    if os.geteuid() != 0:
        mode = folder.stat().st_mode
        folder.chmod(0o555)
        try:
            yield
        finally:
            folder.chmod(mode)
        return
    # Root may write in spite of permissions.
    chattr = shutil.which("chattr")
    if chattr is None or subprocess.run([chattr, "+i", folder], capture_output=True, check=False).returncode:
        pytest.skip("nothing here holds root back")
    try:
        yield
    finally:
        subprocess.run([chattr, "-i", folder], check=True)


@contextlib.contextmanager
def small_disk(folder):
    """Mount a disk of 64 kB at a folder during the block."""
    mount = shutil.which("mount")
    folder.mkdir()
    command = [mount or "", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]
    if mount is None or os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a disk of its own needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)  # noqa: S607 - beside mount
