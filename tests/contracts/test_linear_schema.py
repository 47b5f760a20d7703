"""The stub's schema is a true part of Linear's real one (`LINEAR_SCHEMA_FILE`)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_required_argument,
    is_required_input_field,
)

from integrations.stubs.linear.api import load_schema

STUB = load_schema()
OWN_TYPES = sorted(name for name in STUB.type_map if not name.startswith("__"))


@pytest.fixture(scope="module")
def real() -> GraphQLSchema:
    path = os.environ.get("LINEAR_SCHEMA_FILE")  # noqa: TID251 - where the check finds its yardstick
    if not path:
        pytest.skip(
            "LINEAR_SCHEMA_FILE is not set: the stub's schema is not checked against Linear"
        )
    return build_schema(Path(path).read_text())


@pytest.mark.parametrize("name", OWN_TYPES)
def test_each_type_is_as_in_linear(real: GraphQLSchema, name: str) -> None:
    theirs = real.type_map.get(name)
    assert theirs is not None, f"Linear has no type {name}"
    assert not list(_differences(STUB.type_map[name], theirs))


def _differences(ours: GraphQLNamedType, theirs: GraphQLNamedType) -> list[str]:
    if type(ours) is not type(theirs):
        return [f"{ours} is a {type(theirs).__name__}"]
    if isinstance(ours, GraphQLEnumType) and isinstance(theirs, GraphQLEnumType):
        return sorted(set(ours.values) - set(theirs.values))
    if isinstance(ours, GraphQLInputObjectType) and isinstance(theirs, GraphQLInputObjectType):
        return _input_differences(ours, theirs)
    if isinstance(ours, GraphQLObjectType) and isinstance(theirs, GraphQLObjectType):
        return [
            f"{ours}.{name}: {found}"
            for name, field in ours.fields.items()
            for found in _field_differences(field, theirs.fields.get(name))
        ]
    return []


def _input_differences(ours: GraphQLInputObjectType, theirs: GraphQLInputObjectType) -> list[str]:
    wrong = [
        f"{ours}.{name}: {field.type}"
        for name, field in ours.fields.items()
        if name not in theirs.fields or str(theirs.fields[name].type) != str(field.type)
    ]
    required = {name for name, field in theirs.fields.items() if is_required_input_field(field)}
    return wrong + [f"{ours}.{name} is required" for name in sorted(required - set(ours.fields))]


def _field_differences(ours: GraphQLField, theirs: GraphQLField | None) -> list[str]:
    if theirs is None:
        return ["no such field"]
    wrong = [] if str(ours.type) == str(theirs.type) else [f"the type is {theirs.type}"]
    wrong += [
        f"argument {name}"
        for name, argument in ours.args.items()
        if name not in theirs.args or str(theirs.args[name].type) != str(argument.type)
    ]
    required = {name for name, argument in theirs.args.items() if is_required_argument(argument)}
    return wrong + [f"argument {name} is required" for name in sorted(required - set(ours.args))]
