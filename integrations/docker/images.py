"""Getting a sandbox's image: the local one, a pulled one, or one that is built and kept by hash."""

import hashlib
import io
import posixpath
import tarfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from docker import APIClient
from docker.errors import APIError, ImageNotFound
from docker.utils import parse_repository_tag

from integrations.docker.certificates import as_build_argument, extra_certificates
from integrations.docker.connection import Connection
from integrations.docker.failures import reason, translated
from integrations.docker.following import Message, followed
from integrations.docker.setup_layer import setup_context, setup_key
from integrations.docker.tools_layer import tool_image, tools_context, tools_key
from integrations.docker.uses import Uses
from worker.domain.errors import ImageUnavailable, Unavailable
from worker.domain.plan import ImageSpec

TOOLS_LABEL = "storyfleet.tools"
"""Of a layer of tools: which ones."""
_LOG_LINES = 40
_LOG_CHARACTERS = 4000
_SERVER_FAULT = 500


class Images:
    """The images of one daemon. Two workers may build the same one; the last tag stays."""

    def __init__(
        self,
        connection: Connection,
        default_image: str,
        extra_ca_bundle: Path | None,
        build_timeout_seconds: int,
    ) -> None:
        self._connection = connection
        self._default_image = default_image
        self._extra_ca_bundle = extra_ca_bundle
        self._build_timeout_seconds = build_timeout_seconds
        self._uses = Uses(connection)

    def ensure(
        self, spec: ImageSpec, archive: Callable[[], bytes], tools: Sequence[str] = ()
    ) -> str:
        """The id of the image that ``spec`` describes, built or pulled if needed, with the tools.

        ``archive`` is only called where something has to be built or looked up by content. Raises
        ImageUnavailable, ConfigurationError, Unavailable.
        """
        project = self._of_project(spec, archive)
        return self._with_tools(project, tools) if tools else project

    def prune(self, unused_seconds: float) -> int:
        """See ``DockerSandboxes.prune``."""
        return self._uses.prune(unused_seconds)

    def _of_project(self, spec: ImageSpec, archive: Callable[[], bytes]) -> str:
        if spec.dockerfile is None and not spec.setup:
            return self._named(spec.image or self._default_image)
        files = archive()
        certificates = extra_certificates(self._extra_ca_bundle)
        if spec.dockerfile is not None:
            base = self._from_dockerfile(spec.dockerfile, files, certificates)
        else:
            base = self._named(spec.image or self._default_image)
        return self._with_setup(base, spec.setup, files, certificates) if spec.setup else base

    def _named(self, name: str) -> str:
        return self._local(name) or self._pulled(name)

    def _local(self, name: str) -> str | None:
        with translated(self._connection.host):
            try:
                details = self._connection.api().inspect_image(name)  # type: ignore[no-untyped-call]
                return str(details["Id"])
            except ImageNotFound:
                return None

    def _pulled(self, name: str) -> str:
        repository, tag = parse_repository_tag(name)

        def pull(api: APIClient) -> Iterable[Message]:
            steps: Iterable[Message] = api.pull(
                repository, tag=tag or "latest", stream=True, decode=True
            )
            return steps

        with translated(self._connection.host):
            try:
                fault = self._heard(pull, deque(maxlen=1), "pulling")
            except APIError as refusal:
                fault = reason(refusal)
        found = self._local(name)
        if fault is None and found is None:
            raise Unavailable(f"The image {name} was pulled, but it is not there: was it removed?")
        if found is None or fault:
            raise ImageUnavailable(
                f"The image {name} is not on this machine and cannot be pulled ({fault}). Build it"
                " (infra/scripts/images makes the default one), load it with `docker load`, or name"
                " another in SANDBOX_IMAGE or in the repository's settings."
            )
        return found

    def _from_dockerfile(self, path: str, files: bytes, certificates: str) -> str:
        wanted = posixpath.normpath(path)
        with tarfile.open(fileobj=io.BytesIO(files)) as tar:
            if wanted not in tar.getnames():
                raise ImageUnavailable(f"The base branch has no Dockerfile at {path!r}.")
        key = hashlib.sha256(f"{wanted}\0{certificates}\0".encode() + files).hexdigest()[:32]
        arguments = as_build_argument(certificates)
        tag = f"storyfleet/dockerfile:{key}"
        return self._kept(tag) or self._built(
            files, wanted, tag, f"{path} of the base", buildargs=arguments
        )

    def _with_setup(
        self, base: str, commands: tuple[str, ...], files: bytes, certificates: str
    ) -> str:
        tag = f"storyfleet/setup:{setup_key(base, commands, files, certificates)}"
        found = self._kept(tag)
        if found is not None:
            return found
        context = setup_context(base, commands, files, certificates)
        return self._built(context, "Dockerfile", tag, "The set-up")

    def _with_tools(self, project: str, tools: Sequence[str]) -> str:
        images = [self._of_tool(tool) for tool in tools]
        tag = f"storyfleet/tools:{tools_key(project, images)}"
        return self._kept(tag) or self._built(
            *(tools_context(project, images), "Dockerfile", tag, "The layer of tools"),
            network_mode="none",
            labels={TOOLS_LABEL: " ".join(tools)},
        )

    def _of_tool(self, tool: str) -> str:
        """Never pulled: a public registry's image of that name would be anybody's."""
        name = tool_image(tool)
        found = self._local(name)
        if found is None:
            raise ImageUnavailable(
                f"The image {name} is not on this machine. Build it:"
                f" infra/scripts/images {tool.partition(':')[0]}"
            )
        return found

    def _kept(self, tag: str) -> str | None:
        """An image of ours, which is used again."""
        with translated(self._connection.host):
            try:
                details = self._connection.api().inspect_image(tag)  # type: ignore[no-untyped-call]
                self._uses.note(str(details["Id"]), details["RepoTags"] or [])
            except ImageNotFound:
                return None
        return str(details["Id"])

    def _built(
        self,
        context: bytes,
        dockerfile: str,
        tag: str,
        what: str,
        **options: Any,  # noqa: ANN401 - the SDK's
    ) -> str:
        """``options`` are those of the SDK's ``build``."""
        log: deque[str] = deque(maxlen=_LOG_LINES)

        def build(api: APIClient) -> Iterable[Message]:
            return api.build(
                fileobj=io.BytesIO(context),
                custom_context=True,
                dockerfile=dockerfile,
                tag=tag,
                rm=True,
                forcerm=True,
                decode=True,
                timeout=self._build_timeout_seconds,
                # A proxy in the worker's configuration may have a password, and end in the image.
                use_config_proxy=False,
                **options,
            )

        with translated(self._connection.host):
            try:
                fault = self._heard(build, log, what)
            except APIError as refusal:
                if refusal.status_code == _SERVER_FAULT:
                    raise
                fault = reason(refusal)
        if fault:
            end = "\n".join(log)[-_LOG_CHARACTERS:]
            raise ImageUnavailable(f"{what} does not build: {fault}\nThe end of its log:\n{end}")
        built = self._kept(tag)
        if built is None:
            raise Unavailable(f"{what} was built, but {tag} is not there: was it removed?")
        return built

    def _heard(
        self, ask: Callable[[APIClient], Iterable[Message]], log: deque[str], what: str
    ) -> str | None:
        """Hear the daemon out; the error among its messages, if there is one."""

        def work() -> Iterator[Message]:
            with self._connection.streaming(self._build_timeout_seconds) as api:
                yield from ask(api)

        deadline = time.monotonic() + self._build_timeout_seconds
        fault: str | None = None
        for message in followed(work, self._connection.check):
            if message is not None:
                log.extend(str(message.get("stream", "")).splitlines())
                fault = message.get("error", fault)
            if time.monotonic() > deadline:
                return f"{what} took longer than {self._build_timeout_seconds} s"
        if fault:
            # A daemon that shuts down ends its builds, which says nothing of them.
            self._connection.check()
        return fault
