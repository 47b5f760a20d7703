"""The stub Linear's GraphQL endpoint."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from graphql import GraphQLError, GraphQLSchema, build_schema, execute_sync, parse, validate
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from . import errors
from .records import User
from .resolvers import Root, resolve
from .world import LinearWorld

REQUESTS_PER_HOUR = 2500
HOUR_MS = 3_600_000


def load_schema() -> GraphQLSchema:
    """The subset of Linear's schema that the stub serves."""
    return build_schema(files(__package__).joinpath("schema.graphql").read_text())


@dataclass
class LinearApi:
    """`keys` are the accepted API keys and whose they are."""

    world: LinearWorld
    keys: dict[str, User]
    schema: GraphQLSchema = field(default_factory=load_schema)
    requests: int = 0
    _counting: threading.Lock = field(default_factory=threading.Lock)

    async def endpoint(self, request: Request) -> Response:
        """`POST /graphql`."""
        answer = await run_in_threadpool(
            self._answer, request.headers.get("authorization", ""), await request.body()
        )
        answer.headers.update(self._budget())
        return answer

    def _answer(self, authorization: str, body: bytes) -> JSONResponse:
        user = self.keys.get(authorization)
        if user is None:
            if authorization.removeprefix("Bearer ") in self.keys:
                message = "API keys are sent without the Bearer prefix in the Authorization header."
                return JSONResponse(errors.malformed_request(message), 400)
            return JSONResponse(errors.authentication_error(), 401)
        try:
            operation = json.loads(body)
            document = parse(operation["query"])
        except GraphQLError as error:
            return JSONResponse(errors.invalid_document([error]), 400)
        except (ValueError, KeyError, TypeError):
            return JSONResponse(errors.malformed_request("The body holds no GraphQL query."), 400)
        invalid = validate(self.schema, document)
        if invalid:
            return JSONResponse(errors.invalid_document(invalid), 400)
        with self.world.lock:
            result = execute_sync(
                self.schema,
                document,
                root_value=Root(self.world, user),
                variable_values=operation.get("variables"),
                operation_name=operation.get("operationName"),
                field_resolver=resolve,
            )
        return JSONResponse(_without_none(result.formatted))

    def _budget(self) -> dict[str, str]:
        with self._counting:
            self.requests += 1
            used = self.requests
        return {
            "X-RateLimit-Requests-Limit": str(REQUESTS_PER_HOUR),
            "X-RateLimit-Requests-Remaining": str(max(REQUESTS_PER_HOUR - used, 1)),
            "X-RateLimit-Requests-Reset": str(int(time.time() * 1000) + HOUR_MS),
        }


def _without_none(result: Any) -> dict[str, Any]:  # noqa: ANN401
    """`errors` only where there are some, before `data`, as Linear's answers are."""
    return {name: result[name] for name in ("errors", "data") if name in result}
