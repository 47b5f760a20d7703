"""Linear's error forms, as its API answers them."""

from __future__ import annotations

from graphql import GraphQLError


def input_error(message: str, presentable: str = "") -> GraphQLError:
    """An error of the caller's making; permanent, so never worth a retry."""
    return GraphQLError(message, extensions=_extensions(message, presentable))


def not_found(entity: str) -> GraphQLError:
    return input_error(f"Entity not found: {entity}", f"Could not find referenced {entity}.")


def authentication_error() -> dict[str, object]:
    """The body of HTTP 401."""
    message = "Authentication required, not authenticated"
    return {
        "errors": [
            {
                "message": message,
                "extensions": {
                    "type": "authentication error",
                    "code": "AUTHENTICATION_ERROR",
                    "statusCode": 401,
                    "userError": True,
                    "userPresentableMessage": "You need to authenticate to access this operation.",
                },
            }
        ]
    }


def invalid_document(errors: list[GraphQLError]) -> dict[str, object]:
    """The body of HTTP 400 for a document that is not valid on the schema."""
    code = {"code": "GRAPHQL_VALIDATION_FAILED", "type": "graphql error", "userError": True}
    return {"errors": [{**error.formatted, "extensions": code} for error in errors]}


def malformed_request(message: str) -> dict[str, object]:
    """The body of HTTP 400 for a request that holds no GraphQL operation."""
    return {"errors": [{"message": message, "extensions": {"code": "BAD_REQUEST"}}]}


def _extensions(message: str, presentable: str) -> dict[str, object]:
    return {
        "type": "invalid input",
        "code": "INPUT_ERROR",
        "statusCode": 400,
        "userError": True,
        "userPresentableMessage": presentable or message,
    }
