"""Which of the images that the fleet has built are used still, and the end of the others.

Docker does not know when an image was last used. The time is kept in a second tag of the image, in
the daemon, so that all who share the daemon know it, and nothing else has to be kept.
"""

import time
from collections.abc import Iterable, Sequence

from docker.errors import APIError, ImageNotFound

from integrations.docker.connection import Connection
from integrations.docker.failures import translated

_BUILT = ("storyfleet/tools", "storyfleet/setup", "storyfleet/dockerfile")
_USED = "storyfleet/used"
"""``storyfleet/used:SECONDS-ID``: seconds since the epoch, and the beginning of the image's id."""
_RENEWED_SECONDS = 3600.0
_ID_CHARACTERS = 20
_CONFLICT = 409


class Uses:
    """Of the images of one daemon. The clock is the worker's."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, image: str, tags: Sequence[str]) -> None:
        """The image, whose id and tags these are, is used now. Raises the SDK's errors."""
        now = time.time()
        marks = [tag for tag in tags if _is_mark(tag)]
        if now - max(map(_time, marks), default=0.0) < _RENEWED_SECONDS:
            return
        mark = f"{int(now)}-{image.partition(':')[2][:_ID_CHARACTERS]}"
        self._connection.api().tag(image, _USED, mark)
        self._untag(tag for tag in marks if tag != f"{_USED}:{mark}")

    def prune(self, unused_seconds: float) -> int:
        """Remove the images that were not used for so long and have no container; how many.

        One whose last use is not known counts as used now. Raises Unavailable.
        """
        removed = 0
        with translated(self._connection.host):
            kept = {str(each["ImageID"]) for each in self._connection.api().containers(all=True)}
            for image, tags in self._ours():
                marks = [tag for tag in tags if _is_mark(tag)]
                if image in kept or not marks:
                    self.note(image, tags)
                elif time.time() - max(map(_time, marks)) >= unused_seconds:
                    # The mark last: an image that keeps it is found again.
                    removed += self._untag(sorted(tags, key=_is_mark))
        return removed

    def _ours(self) -> list[tuple[str, list[str]]]:
        """Id and tags of each image that the fleet has built, and no tags of anybody else's."""
        found = self._connection.api().images(filters={"reference": [*_BUILT, _USED]})
        return [(str(each["Id"]), each["RepoTags"] or []) for each in found]

    def _untag(self, tags: Iterable[str]) -> bool:
        """Whether no container has kept the image; without its last tag, it is removed."""
        for tag in tags:
            try:
                self._connection.api().remove_image(tag)
            except ImageNotFound:
                continue
            except APIError as fault:
                if fault.status_code != _CONFLICT:
                    raise
                return False
        return True


def _is_mark(tag: str) -> bool:
    return tag.startswith(f"{_USED}:")


def _time(mark: str) -> float:
    """Long ago for one that is not ours."""
    seconds = mark.partition(":")[2].partition("-")[0]
    return float(seconds) if seconds.isascii() and seconds.isdigit() else 0.0
