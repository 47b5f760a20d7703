"""What the git adapter is told once: how large things may get, and who signs the commits."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class GitLimits:
    """Sizes beyond which the adapter refuses, cuts, or hands in less."""

    hand_over_files: int = 5_000
    """Files that one hand-over may change."""
    hand_over_blob_bytes: int = 50 * MIB
    """The largest file that a hand-over may add or change."""
    hand_over_unpacked_bytes: int = 500 * MIB
    """All files together that a hand-over may add or change."""
    hand_over_bytes: int = 200 * MIB
    """The largest bundle taken from a sandbox."""
    bundle_bytes: int = 200 * MIB
    """The largest bundle for a sandbox; beyond it, the files go in without their history."""
    archive_bytes: int = 1024 * MIB
    """The largest total of a commit's files for an image build."""
    diff_bytes: int = 200_000
    """Where a diff's text is cut."""
    diff_blob_bytes: int = 5 * MIB
    """Files larger than this are named in a diff, not shown."""
    journal_bytes: int = 64 * MIB
    """The largest journal that is kept on the remote, or read from there."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Author and committer of the fleet's commits; also how the fleet knows its own commits."""

    name: str = "storyfleet"
    email: str = "storyfleet@users.noreply.github.com"
