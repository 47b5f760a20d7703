"""The gate ``named tests``: every test that the story names is there."""

import re
from collections.abc import Iterator, Sequence

from worker.domain.evidence import Finding
from worker.domain.protection import is_test
from worker.gates.change import ReadFile

GATE = "named tests"
_NAME = re.compile(r"\btest_\w+\b|\bTest[A-Z]\w+\b")
_PATH = re.compile(r"[\w./-]+\.\w+")
_FILES = 2_000


def findings(story: str, files: Sequence[str], head: ReadFile) -> Iterator[Finding]:
    """``files`` are all of the commit's, ``head`` reads them."""
    paths = {path for path in _PATH.findall(story) if is_test(path)}
    for path in sorted(paths):
        if not any(file == path or file.endswith("/" + path) for file in files):
            yield Finding(
                GATE, path, "The story names this test file, but it is not there. Add it."
            )
    stems = {path.rpartition("/")[2].partition(".")[0] for path in paths}
    names = sorted({name for name in _NAME.findall(story) if name not in stems})
    if not names:
        return
    texts = [head(path) or "" for path in files if is_test(path)][:_FILES]
    for name in names:
        if not any(re.search(rf"\b{re.escape(name)}\b", text) for text in texts):
            yield Finding(GATE, name, "The story names this test, but no file holds it. Write it.")
