"""Small file systems that can be filled up, and one whose power can be cut; for root only."""

import errno
import fcntl
import getpass
import os
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

EXT4_IOC_SHUTDOWN = 0x8004587D
GOING_FLAGS_NOLOGFLUSH = 2
"""As the plug pulled out: what the journal has not on the disk yet is gone."""
MIB = 1024 * 1024
RELEASE_SECONDS = 60.0


@contextmanager
def small_disk(megabytes: int) -> Iterator["SmallDisk"]:
    """A file system of that size, unmounted at the end whoever still works in it."""
    require_root()
    at = _place()
    try:
        size = f"size={megabytes}m"
        with _mounted(at, "-t", "tmpfs", "-o", f"{size},mode=0755", "tmpfs", missing="tmpfs"):
            yield SmallDisk(at)
    finally:
        shutil.rmtree(at.parent, ignore_errors=True)


@dataclass
class SmallDisk:
    """A disk that gets full when asked to."""

    path: Path

    def fill(self) -> None:
        """Leave not one free byte."""
        with (self.path / "ballast").open("ab", buffering=0) as ballast:
            for size in (MIB, 4096, 1):
                _write_until_full(ballast.fileno(), size)

    def free(self) -> None:
        (self.path / "ballast").unlink()


@contextmanager
def frail_disk(megabytes: int) -> Iterator["FrailDisk"]:
    """An ext4 file system on a loop device."""
    require_root()
    at = _place()
    image = at.parent / "image"
    with image.open("wb") as file:
        file.truncate(megabytes * MIB)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
    attached = _run("losetup", "--find", "--show", str(image))
    try:
        if attached.returncode:
            unmet(f"no loop device: {attached.stderr.strip()}")
        disk = FrailDisk(at, attached.stdout.strip())
        disk.mount()
        try:
            yield disk
        finally:
            _run("umount", "--lazy", str(at))
    finally:
        if not attached.returncode:
            _run("losetup", "--detach", attached.stdout.strip())
        shutil.rmtree(at.parent, ignore_errors=True)


@dataclass
class FrailDisk:
    """A disk whose power can be cut."""

    path: Path
    device: str

    def cut_power(self) -> None:
        """From now on nothing reaches the disk, and what has not yet is lost."""
        handle = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, EXT4_IOC_SHUTDOWN, struct.pack("I", GOING_FLAGS_NOLOGFLUSH))
        finally:
            os.close(handle)

    def settle(self) -> None:
        """What was written so far, by whoever did not wait for it, is on the disk."""
        subprocess.run(["sync", "--file-system", str(self.path)], check=True)

    def come_back(self) -> None:
        """Power is there again; nobody may work on the disk while this runs."""
        subprocess.run(["umount", str(self.path)], check=True)
        deadline = time.monotonic() + RELEASE_SECONDS
        while self._held() and time.monotonic() < deadline:
            time.sleep(0.1)
        self.mount()

    def _held(self) -> bool:
        """Whether somebody's name space holds it, as that of a container which starts just now."""
        for table in Path("/proc").glob("[0-9]*/mountinfo"):
            with suppress(OSError):
                if f" {self.device} " in table.read_text(encoding="utf-8", errors="replace"):
                    return True
        return False

    def mount(self) -> None:
        """Raises CalledProcessError; the file system's own recovery is part of it."""
        subprocess.run(["mount", "-t", "ext4", self.device, str(self.path)], check=True)
        self.path.chmod(0o755)


def require_root() -> None:
    """File systems are mounted by root alone."""
    if getpass.getuser() != "root":
        unmet("only root can mount a file system; its tests did not run")


def unmet(reason: str) -> None:
    """Skip on a laptop, fail in CI."""
    if os.environ.get("CI"):  # noqa: TID251 - nothing may be skipped there
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def _mounted(at: Path, *options: str, missing: str) -> Iterator[None]:
    done = _run("mount", *options, str(at))
    if done.returncode:
        unmet(f"no {missing} can be mounted: {done.stderr.strip()}")
    try:
        yield
    finally:
        _run("umount", "--lazy", str(at))


def _place() -> Path:
    """A mount point that other users may pass through."""
    outer = Path(tempfile.mkdtemp(prefix="storyfleet-disk-"))
    outer.chmod(0o755)
    at = outer / "disk"
    at.mkdir()
    return at


def _run(*argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, check=False, capture_output=True, text=True)


def _write_until_full(handle: int, size: int) -> None:
    try:
        while os.write(handle, b"x" * size):
            pass
    except OSError as fault:
        if fault.errno != errno.ENOSPC:
            raise
