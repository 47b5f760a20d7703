"""What a server's or git's own words mean for a run: wait, give up with a remedy, or refuse."""

from integrations.git.process import GitFailed
from worker.domain.errors import FleetError, RateLimited, RepositoryUnavailable, Unavailable


class Moved(Unavailable):
    """The remote's branch is not where it was when we looked: somebody pushed in between."""


class Declined(RepositoryUnavailable):
    """The server's rules do not let this content in; other content may pass."""


class Missing(RepositoryUnavailable):
    """The remote has no such ref."""


class Malformed(RepositoryUnavailable):
    """git's check refused the objects that came."""


class TokenRefused(RepositoryUnavailable):
    """The server does not know our token, not any more, or not for this."""


_MOVED = (
    "(stale info)",
    "(fetch first)",
    "(non-fast-forward)",
    "cannot lock ref",
    "failed to update ref",
    "incorrect old value provided",
    "reference already exists",
)
_CONTENT = ("without `workflow", "pre-receive hook declined", "GH001", "GH009", "push declined due")
_IN_THE_WAY = "exists; cannot create"
_KINDS: tuple[tuple[tuple[str, ...], type[FleetError], str], ...] = (
    (("couldn't find remote ref",), Missing, "the ref is not there"),
    (("fsck error",), Malformed, "git refuses what is there"),
    (_CONTENT, Declined, "the server does not take this content"),
    (_MOVED, Moved, "somebody else changes the same branch just now"),
    (("returned error: 429",), RateLimited, "the git server asks us to slow down"),
)
_REFUSED = (
    "could not read Username",
    "could not read Password",
    "Authentication failed",
    "Invalid username or",
    "returned error: 401",
    "returned error: 403",
    "Permission denied",
    "Permission to ",
    "Write access to repository not granted",
)
_PERMANENT: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("insufficient permission", "unable to create temporary object directory"),
        "the repository cannot be written by this user. Give the fleet's user write access.",
    ),
    (
        tuple(f"returned error: {status}" for status in (301, 302, 303, 307, 308)),
        (
            "the server sends us elsewhere, and our token goes nowhere else. Name the repository,"
            " and its server, as they are called now."
        ),
    ),
    (
        ("not our ref", "unadvertised object"),
        "it does not have this commit any more; its history was probably rewritten. Start again.",
    ),
    (
        ("certificate",),
        (
            "the server's TLS certificate is not trusted. Give the fleet its authority's"
            " certificate."
        ),
    ),
    (
        ("dubious ownership",),
        "the repository belongs to another user of this machine. Run the fleet as its owner.",
    ),
    (
        ("shallow roots are not allowed", "shallow update not allowed"),
        "the repository is a shallow clone. Run `git fetch --unshallow` in it first.",
    ),
    (
        ("refusing to update checked out branch",),
        "the branch is checked out in that repository. Switch to another branch there first.",
    ),
    (
        ("protected branch", "GH006"),
        "a rule on the server forbids this push. Let the fleet's account push there.",
    ),
    (
        ("mismatched algorithms", "not supported object format"),
        "the repository uses another object format than SHA-1, which the fleet cannot read.",
    ),
    (
        (
            "Repository not found",
            "repository not found",
            "does not appear to be a git repository",
            "returned error: 404",
            "not found",
            "does not exist",
        ),
        (
            "there is no such repository, or our token may not see it. Check its name, and the"
            " token's access."
        ),
    ),
    (
        ("transport '",),
        "its address is neither http(s) nor a directory, which is all that the fleet reads.",
    ),
)


def explained(repository: str, failure: GitFailed) -> FleetError:
    """The error to raise for a fetch or push that failed.

    All but Unavailable are recognised by git's and GitHub's words; whatever nobody recognises may
    pass, so it is Unavailable.
    """
    text = failure.text
    said = _last_words(text)
    if _IN_THE_WAY in text:
        return RepositoryUnavailable(
            f"{repository}: a branch named like the first part of this one is in the way. Rename"
            f" or delete it. ({said})"
        )
    for signs, kind, meaning in _KINDS:
        if any(sign in text for sign in signs):
            return kind(f"{repository}: {meaning}: {said}")
    if any(sign in text for sign in _REFUSED):
        return TokenRefused(
            f"{repository}: the server refused our token. Give the fleet a token that may read and"
            f" write the repository's contents. ({said})"
        )
    for signs, remedy in _PERMANENT:
        if any(sign in text for sign in signs):
            return RepositoryUnavailable(f"{repository}: {remedy} ({said})")
    return Unavailable(f"{repository}: the git server could not be used: {said}")


def _last_words(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if not line.startswith(("hint:", "To ", "Done"))]
    return " | ".join(telling)[-600:]
