"""Disks and folders that cannot be written, for root and for everybody else."""

import contextlib
import os
import shutil
import subprocess

import pytest


@contextlib.contextmanager
def read_only(folder):
    """Let nothing be made, renamed or removed in a folder."""
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
    # Permissions do not hold root back.
    chattr = shutil.which("chattr")
    if chattr is None or subprocess.run([chattr, "+i", folder], capture_output=True, check=False).returncode:
        pytest.skip("nothing here holds root back")
    try:
        yield
    finally:
        subprocess.run([chattr, "-i", folder], check=True)


@contextlib.contextmanager
def small_disk(folder):
    """Give a folder that holds 64 kB."""
    mount = shutil.which("mount")
    folder.mkdir()
    command = [mount or "", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]
    if mount is None or os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a disk of its own needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)  # noqa: S607 - where mount is, there is umount
