"""What the gateway adds to a streamed model call: to its first byte, and to the whole.

Run by hand, where nothing else runs: ``python -m tests.benchmarks.bench_gateway [TIMES]``. Model,
gateway and client are a process each, as they are in a fleet; the model is the stub's, which
answers at once. Each call is written down in a database, as in a fleet. An agent's first prompt has
about 48 kB.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

KEY = "the-real-key"
SIZES = {"1 kB": 1000, "48 kB": 48_000, "400 kB": 400_000}
_STUB = f"""
import sys
from pathlib import Path
from integrations.stubs import StubsConfig, start_stubs
from integrations.stubs.models import Answer, Rule, Script
with start_stubs(StubsConfig(git_root=Path(sys.argv[1]), model_key={KEY!r})) as stubs:
    stubs.models.script = Script([Rule([Answer("word " * 200)], repeat=True)])
    print(stubs.url, flush=True)
    sys.stdin.read()
"""
_GATEWAY = f"""
import sys
from pathlib import Path
from integrations.gateway import ModelGateway, Upstream
from integrations.sql import open_store
from worker.domain.access import Access
from worker.domain.budget import Budget
upstream = Upstream("openai", sys.argv[2] + "/openai/v1", {KEY!r})
much = Budget(max_tokens=10**12, max_micro_usd=10**12)
store = open_store("sqlite:///" + sys.argv[1] + "/bench.db")
gateway = ModelGateway([upstream], directory=Path(sys.argv[1]), note=store.note_spend)
with gateway.open(Access("bench", 1, ("openai:gpt-5",), much)) as door:
    print(door.directory, door.token, flush=True)
    sys.stdin.read()
"""
_WARM_UP = 5

Times = Mapping[str, list[tuple[float, float]]]


def main(times: int) -> None:
    """Print milliseconds, direct and through the gateway, and what it adds."""
    with (
        tempfile.TemporaryDirectory(prefix="gw-") as scratch,
        running(_STUB, f"{scratch}/git") as url,
        running(_GATEWAY, f"{scratch}/doors", url) as door,
    ):
        directory, token = door.split()
        socket = httpx.HTTPTransport(uds=f"{directory}/gateway.sock")
        with (
            httpx.Client(base_url=f"{url}/openai/v1", headers=bearer(KEY)) as direct,
            httpx.Client(
                base_url="http://gateway/openai/v1", headers=bearer(token), transport=socket
            ) as through,
        ):
            for name, size in SIZES.items():
                report(name, measured(times, size, {"direct": direct, "through": through}))


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@contextmanager
def running(code: str, *arguments: str) -> Iterator[str]:
    """A Python process that lives until its input ends; what it says first."""
    argv = (sys.executable, "-c", code, *arguments)
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate("")


def measured(times: int, size: int, clients: Mapping[str, httpx.Client]) -> Times:
    """Taken in turns, so that a busy moment of the machine hits both alike."""
    message = {"role": "user", "content": "word " * (size // 5)}
    body = {"model": "gpt-5", "stream": True, "messages": [message]}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in clients}
    for number in range(times + _WARM_UP):
        for name, client in clients.items():
            seconds = once(client, body)
            if number >= _WARM_UP:
                taken[name].append(seconds)
    return taken


def once(client: httpx.Client, body: object) -> tuple[float, float]:
    """Seconds to the first byte, and to the last."""
    began = time.perf_counter()
    with client.stream("POST", "/chat/completions", json=body) as response:
        response.raise_for_status()
        pieces = response.iter_raw()
        next(pieces)
        first = time.perf_counter() - began
        for _ in pieces:
            pass
        return first, time.perf_counter() - began


def report(name: str, taken: Times) -> None:
    """Medians; and the fastest tenth, which a busy machine disturbs least."""
    for which, index in (("first byte", 0), ("whole", 1)):
        series = {path: [each[index] * 1000 for each in taken[path]] for path in taken}
        for how, value in (("median", statistics.median), ("p10", tenth)):
            direct, through = value(series["direct"]), value(series["through"])
            sys.stdout.write(
                f"{name:>7} prompt, {which:<11}{how:<7}{direct:>8.2f} ms direct{through:>8.2f} ms"
                f" through{through - direct:>+8.2f} ms{through / direct:>7.2f} x\n"
            )


def tenth(series: list[float]) -> float:
    return statistics.quantiles(series, n=10)[0]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
