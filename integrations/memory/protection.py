"""``Checkout.protect`` in memory, where there are neither links nor modes."""

from collections.abc import Iterable, Mapping

from pathspec import GitIgnoreSpec

from worker.domain.protection import Protection


def protected(
    before: Mapping[str, str], after: Mapping[str, str], protection: Protection
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The files of ``after``, what is protected being as in ``before``; and which were changed."""
    existing, always = map(GitIgnoreSpec.from_lines, (protection.existing, protection.always))
    in_any_case = GitIgnoreSpec.from_lines(pattern.casefold() for pattern in protection.always)
    spared = set(protection.except_for)
    guarded = {
        path: text
        for path, text in before.items()
        if path not in spared and (existing.match_file(path) or always.match_file(path))
    }
    names = {path.casefold() for path in guarded}
    away = {
        path
        for path in after.keys() - before.keys()
        if _excluded(path, guarded)
        or (path not in spared and in_any_case.match_file(path.casefold()))
        or (path not in spared and (path.casefold() in names or _excluded(path.casefold(), names)))
    }
    back = {path: text for path, text in guarded.items() if after.get(path) != text}
    kept = {path: text for path, text in after.items() if path not in away}
    return {**kept, **back}, tuple(sorted(away | back.keys()))


def _excluded(path: str, others: Iterable[str]) -> bool:
    """Whether it is a file where another has a directory, or the other way round."""
    return any(o.startswith(f"{path}/") or path.startswith(f"{o}/") for o in others)
