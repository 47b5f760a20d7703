"""Our GraphQL documents and webhook fixtures hold on Linear's schema (``LINEAR_SCHEMA_FILE``)."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    parse,
    validate,
)

from integrations.linear import documents
from integrations.stubs.linear.api import load_schema

FIXTURES = Path(__file__).parent.parent / "fixtures" / "linear"
DOCUMENTS = sorted(documents.ALL)
ENVELOPES = {
    "AgentSessionEvent": "AgentSessionEventWebhookPayload",
    "OAuthApp": "OAuthAppWebhookPayload",
}
ACTORS = {
    "user": "UserActorWebhookPayload",
    "integration": "IntegrationActorWebhookPayload",
}


@pytest.fixture(scope="module")
def real() -> GraphQLSchema:
    path = os.environ.get("LINEAR_SCHEMA_FILE")  # noqa: TID251 - where the check finds its yardstick
    if not path:
        pytest.skip("LINEAR_SCHEMA_FILE is not set: nothing is checked against Linear's schema")
    return build_schema(Path(path).read_text())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda text: text.split("(")[0].split()[1])
class TestDocument:
    def test_is_one_named_operation(self, document: str) -> None:
        (operation,) = parse(document).definitions
        assert isinstance(operation, OperationDefinitionNode)
        assert operation.name is not None

    def test_is_valid_on_the_stub(self, document: str) -> None:
        assert not validate(load_schema(), parse(document))

    def test_is_valid_on_linear(self, real: GraphQLSchema, document: str) -> None:
        assert not validate(real, parse(document))


def test_every_document_is_listed() -> None:
    constants = [value for value in vars(documents).values() if isinstance(value, str)]
    operations = {text for text in constants if text.startswith(("\nquery", "\nmutation"))}
    assert operations == documents.ALL


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.json")), ids=lambda path: path.stem)
def test_fixture_has_the_fields_of_linear(real: GraphQLSchema, path: Path) -> None:
    payload = json.loads(path.read_text())
    envelope = ENVELOPES.get(payload["type"], "EntityWebhookPayload")
    if "actor" in payload:
        actor = payload.pop("actor")
        assert not list(_faults(actor, real.type_map[ACTORS[actor["type"]]], "actor"))
    data = payload.pop("data", None)
    assert not [
        fault
        for fault in _faults(payload, real.type_map[envelope], "")
        if fault != ".data is missing"
    ]
    if kind := real.type_map.get(f"{payload['type']}WebhookPayload"):
        assert not list(_faults(data, kind, "data"))


def _faults(value: Any, kind: object, where: str) -> Iterator[str]:
    if isinstance(kind, GraphQLNonNull):
        if value is None:
            yield f"{where} is null"
            return
        kind = kind.of_type
    if value is None:
        return
    if isinstance(kind, GraphQLList):
        for index, each in enumerate(value):
            yield from _faults(each, kind.of_type, f"{where}[{index}]")
    elif isinstance(kind, GraphQLObjectType):
        yield from _object_faults(value, kind, where)


def _object_faults(value: Mapping[str, Any], kind: GraphQLObjectType, where: str) -> Iterator[str]:
    for name in value.keys() - kind.fields.keys():
        yield f"{where}.{name} is not in {kind.name}"
    for name, field in kind.fields.items():
        type_: GraphQLOutputType = field.type
        if name in value:
            yield from _faults(value[name], type_, f"{where}.{name}")
        elif isinstance(type_, GraphQLNonNull):
            yield f"{where}.{name} is missing"
