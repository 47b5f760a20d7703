"""The stub GitHub's REST API: routes, authentication, paging, and GitHub's forms of answer."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import calls
from .calls import Call
from .records import GithubError
from .world import GithubWorld

REQUESTS_PER_HOUR = 5000
HOUR_SECONDS = 3600
LARGEST_PAGE = 100

_REPO = "/repos/{owner}/{name}"
_APP = "/app/installations/{installation_id:int}"

ROUTES: Mapping[tuple[str, str], Callable[[Call], Any]] = {
    ("GET", "/user"): calls.get_user,
    ("GET", "/rate_limit"): calls.get_rate_limit,
    ("POST", "/graphql"): calls.graphql,
    ("GET", _APP): calls.get_installation,
    ("POST", f"{_APP}/access_tokens"): calls.create_installation_token,
    ("GET", f"{_REPO}/branches/{{branch:path}}"): calls.get_branch,
    ("GET", f"{_REPO}/git/ref/{{ref:path}}"): calls.get_ref,
    ("GET", f"{_REPO}/git/refs/{{ref:path}}"): calls.get_ref,
    ("GET", f"{_REPO}/labels"): calls.list_repository_labels,
    ("POST", f"{_REPO}/labels"): calls.create_repository_label,
    ("GET", f"{_REPO}/labels/{{label}}"): calls.get_repository_label,
    ("GET", f"{_REPO}/pulls"): calls.list_pulls,
    ("POST", f"{_REPO}/pulls"): calls.create_pull,
    ("GET", f"{_REPO}/pulls/{{number:int}}"): calls.get_pull,
    ("PATCH", f"{_REPO}/pulls/{{number:int}}"): calls.edit_pull,
    ("PUT", f"{_REPO}/pulls/{{number:int}}/merge"): calls.merge_pull,
    ("GET", f"{_REPO}/pulls/{{number:int}}/files"): calls.list_files,
    ("GET", f"{_REPO}/pulls/{{number:int}}/commits"): calls.list_commits,
    ("GET", f"{_REPO}/issues/comments/{{comment_id:int}}"): calls.get_comment,
    ("PATCH", f"{_REPO}/issues/comments/{{comment_id:int}}"): calls.edit_comment,
    ("GET", f"{_REPO}/issues/{{number:int}}"): calls.get_issue,
    ("PATCH", f"{_REPO}/issues/{{number:int}}"): calls.edit_issue,
    ("GET", f"{_REPO}/issues/{{number:int}}/labels"): calls.list_labels,
    ("POST", f"{_REPO}/issues/{{number:int}}/labels"): calls.add_labels,
    ("PUT", f"{_REPO}/issues/{{number:int}}/labels"): calls.set_labels,
    ("DELETE", f"{_REPO}/issues/{{number:int}}/labels/{{label}}"): calls.remove_label,
    ("GET", f"{_REPO}/issues/{{number:int}}/comments"): calls.list_comments,
    ("POST", f"{_REPO}/issues/{{number:int}}/comments"): calls.create_comment,
    ("GET", _REPO): calls.get_repository,
}
_CREATING = (calls.create_pull, calls.create_comment, calls.create_repository_label)


class GithubApi:
    """An ASGI application; below it everything is synchronous, one call at a time."""

    def __init__(self, world: GithubWorld) -> None:
        self.world = world
        self._used = 0
        routes = [Route(path, self._endpoint(do), methods=[m]) for (m, path), do in ROUTES.items()]
        self.application = Starlette(routes=[*routes, Route("/{rest:path}", self._nothing_here)])

    def _endpoint(self, do: Callable[[Call], Any]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            body = await request.body()
            return await run_in_threadpool(self._answer, do, request, body)

        return endpoint

    async def _nothing_here(self, _request: Request) -> Response:
        return self._failure(GithubError(404, "Not Found"))

    def _answer(self, do: Callable[[Call], Any], request: Request, body: bytes) -> Response:
        try:
            given = json.loads(body or b"{}")
        except ValueError:
            return self._failure(GithubError(400, "Problems parsing JSON"))
        given = {"labels": given} if isinstance(given, list) else given
        query = dict(request.query_params)
        with self.world.lock:
            self._used += 1
            try:
                login = self._login(request)
                data = do(Call(self.world, login, request.path_params, query, given))
            except GithubError as error:
                return self._failure(error)
            headers = self._headers()
        if isinstance(data, list):
            data, links = _page(data, f"{self.world.url}{_path(request)}", query)
            headers.update(links)
        created = do in _CREATING or do is calls.create_installation_token
        return JSONResponse(data, 201 if created else 200, headers)

    def _login(self, request: Request) -> str:
        """Whose token it is; on `/app` an App's JWT is wanted instead. Raises 401."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() in ("token", "bearer"):
            if _path(request).startswith("/app/"):
                _check_jwt(token)
                return "storyfleet[bot]"
            if login := self.world.tokens.get(token):
                return login
        raise GithubError(401, "Bad credentials" if token else "Requires authentication")

    def _headers(self) -> dict[str, str]:
        used = min(self._used, REQUESTS_PER_HOUR - 1)
        return {
            "x-ratelimit-limit": str(REQUESTS_PER_HOUR),
            "x-ratelimit-remaining": str(REQUESTS_PER_HOUR - used),
            "x-ratelimit-used": str(used),
            "x-ratelimit-reset": str(int(time.time()) + HOUR_SECONDS),
            "x-ratelimit-resource": "core",
        }

    def _failure(self, error: GithubError) -> Response:
        data = {
            "message": error.message,
            **({"errors": list(error.errors)} if error.errors else {}),
            "documentation_url": "https://docs.github.com/rest",
            "status": str(error.status),
        }
        return JSONResponse(data, error.status, self._headers())


def _check_jwt(token: str) -> None:
    """An App's JWT: RS256, an issuer, not expired. The signature is not checked: no public key."""
    try:
        header, claims = (json.loads(_unbase64(part)) for part in token.split(".")[:2])
        valid = header["alg"] == "RS256" and claims["iss"] and claims["exp"] > time.time()
    except (ValueError, KeyError, TypeError):
        valid = False
    if not valid:
        raise GithubError(401, "A JSON web token could not be decoded")


def _unbase64(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _path(request: Request) -> str:
    path: str = request.scope["path"]
    return path.removeprefix(request.scope.get("root_path", ""))


def _page(
    records: list[Any], url: str, query: Mapping[str, str]
) -> tuple[list[Any], dict[str, str]]:
    """One page and GitHub's `Link` header; `per_page` is 30 unless given, 100 at most."""
    size = min(int(query.get("per_page", "30")), LARGEST_PAGE)
    number = int(query.get("page", "1"))
    last = max(-(-len(records) // size), 1)
    targets = {"next": number + 1, "last": last} if number < last else {}
    links = [
        f'<{url}?{urlencode({**query, "page": page})}>; rel="{name}"'
        for name, page in targets.items()
    ]
    return records[(number - 1) * size : number * size], (
        {"Link": ", ".join(links)} if links else {}
    )
