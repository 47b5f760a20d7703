"""A run's journal on the remote: one commit on a ref of its own, signed with the fleet's key."""

import hashlib
import hmac
import logging
from dataclasses import dataclass

from integrations.git.failures import Malformed, Missing
from integrations.git.limits import Identity
from integrations.git.objects import write_commit
from integrations.git.process import Git, GitFailed, TooMuchOutput
from integrations.git.refs import journal_ref
from integrations.git.remote import Remote
from integrations.git.storage import throw_away

_TEXT = "journal.jsonl"
_SIGNATURE = "signature"
_SIGNATURE_BYTES = 64
_CONTEXT = "storyfleet journal, form 1"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeptJournal:
    """What a run is rebuilt from: it names the image, the command and the verdicts.

    Everybody who may push to the repository could write the ref. So it carries an HMAC-SHA256 of
    the text, the repository and the run, and what does not verify counts as nothing. It cannot
    tell an older journal of the same run from the newest.
    """

    remote: Remote
    run: Git
    """Where there is room for what is being sent or looked at."""
    run_id: str
    key: bytes
    limit_bytes: int

    def write(self, text: str, identity: Identity) -> None:
        """Replace the ref on the remote, with one push; text over the limit is not kept.

        Raises Unavailable, RateLimited, RepositoryUnavailable.
        """
        data = text.encode(errors="surrogatepass")
        if len(data) > self.limit_bytes:
            self._warn("not kept", f"it is {len(data)} bytes large, over {self.limit_bytes}")
            return
        with throw_away(self.run) as aside:
            tree = _tree(aside, {_TEXT: data, _SIGNATURE: self._signature(data)})
            commit = write_commit(aside, tree, (), f"Journal of {self.run_id}", identity)
            self.remote.push(aside, commit, journal_ref(self.run_id))

    def read(self) -> str | None:
        """The text, or None where the remote has none, or none that we signed for this run.

        Raises Unavailable, RateLimited, RepositoryUnavailable.
        """
        ref = journal_ref(self.run_id)
        try:
            with throw_away(self.run) as aside:
                self.remote.fetch_one(aside, ref, self.limit_bytes)
                data = _file(aside, f"{ref}:{_TEXT}", self.limit_bytes)
                signature = _file(aside, f"{ref}:{_SIGNATURE}", _SIGNATURE_BYTES)
            if not hmac.compare_digest(signature, self._signature(data)):
                raise _Unbelievable("its signature is not the fleet's for this run")
            return data.decode(errors="surrogatepass")
        except Missing:
            return None
        except (Malformed, TooMuchOutput, UnicodeDecodeError, _Unbelievable) as fault:
            self._warn("not believed", str(fault))
            return None

    def _signature(self, data: bytes) -> bytes:
        """Each part with its length before it, so that no two different lists sign alike."""
        signing = hmac.new(self.key, digestmod=hashlib.sha256)
        names = (_CONTEXT, self.remote.repository, self.run_id)
        for part in (*(name.encode() for name in names), data):
            signing.update(len(part).to_bytes(8, "big"))
            signing.update(part)
        return signing.hexdigest().encode()

    def _warn(self, what: str, why: str) -> None:
        where = f"{self.remote.repository}, run {self.run_id}"
        _log.warning("%s: the journal on the git remote is %s: %s", where, what, why)


class _Unbelievable(Exception):
    """A file is missing, or is not the fleet's."""


def _tree(git: Git, files: dict[str, bytes]) -> str:
    lines = []
    for name, data in files.items():
        blob = git.line("hash-object", "-w", "--stdin", "--no-filters", stdin=data)
        lines.append(f"100644 blob {blob}\t{name}\n")
    return git.line("mktree", stdin="".join(lines).encode())


def _file(git: Git, name: str, limit_bytes: int) -> bytes:
    try:
        return git.run("cat-file", "blob", name, limit_bytes=limit_bytes).out
    except GitFailed as failure:
        raise _Unbelievable(failure.text.strip()) from failure
