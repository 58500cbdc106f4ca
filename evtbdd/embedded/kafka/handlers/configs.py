"""Describing and altering configurations of topics, and describing the broker's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evtbdd.embedded.kafka import configs
from evtbdd.embedded.kafka.cluster import NODE, Cluster
from evtbdd.embedded.kafka.configs import Config, Source
from evtbdd.embedded.kafka.errors import ErrorCode, Refused
from evtbdd.embedded.kafka.handlers.broker_configs import broker_configs
from evtbdd.embedded.kafka.handlers.request import Request
from evtbdd.embedded.kafka.protocol import Fields
from evtbdd.embedded.kafka.topics import Topic, name_problem

TOPIC_RESOURCE = 2
BROKER_RESOURCE = 4


def describe_configs(cluster: Cluster, request: Request) -> Fields:
    """DescribeConfigs (32) of topics and of this broker."""
    return {"results": [_described(cluster, wanted) for wanted in request.body.resources]}


def alter_configs(cluster: Cluster, request: Request) -> Fields:
    """AlterConfigs (33): the given overrides replace all others."""

    def replacement(_: Topic, alterations: Any) -> dict[str, str]:
        for alteration in alterations:
            configs.check(alteration.name, alteration.value)
        return {a.name: a.value for a in alterations}

    return _altered(cluster, request, replacement)


def incremental_alter_configs(cluster: Cluster, request: Request) -> Fields:
    """IncrementalAlterConfigs (44): set, delete, append, subtract."""

    def replacement(topic: Topic, alterations: Any) -> dict[str, str]:
        names = [a.name for a in alterations]
        if len(set(names)) != len(names):
            raise Refused(ErrorCode.INVALID_REQUEST, "Error due to duplicate config keys")
        overrides: dict[str, str] = topic.overrides
        for a in alterations:
            overrides = configs.altered(overrides, a.name, a.config_operation, a.value)
        return overrides

    return _altered(cluster, request, replacement)


def creation_summary(topic: Topic) -> list[dict[str, object]]:
    """The configurations of a topic as the answer to its creation lists them."""
    return [
        {
            "name": name,
            "value": topic.setting(name),
            "read_only": False,
            "config_source": Source.TOPIC if name in topic.overrides else config.source,
            "is_sensitive": False,
        }
        for name, config in configs.TOPIC.items()
    ]


def _described(cluster: Cluster, wanted: Any) -> dict[str, object]:
    try:
        known, overrides = _resource(cluster, wanted.resource_type, wanted.resource_name)
    except Refused as refusal:
        return {**_result(wanted, refusal), "configs": []}
    asked = wanted.configuration_keys
    names = [name for name in known if not asked or name in asked]
    return {
        **_result(wanted, None),
        "error_message": "",
        "configs": [_entry(name, known[name], overrides.get(name)) for name in names],
    }


def _resource(
    cluster: Cluster, kind: int, name: str
) -> tuple[Mapping[str, Config], Mapping[str, str]]:
    if kind == BROKER_RESOURCE:
        if name not in ("", str(NODE)):
            raise Refused(
                ErrorCode.INVALID_REQUEST,
                f"Unexpected broker id, expected {NODE} or empty string, but received {name}",
            )
        return (broker_configs(cluster), {}) if name else ({}, {})
    return configs.TOPIC, _topic(cluster, kind, name).overrides


def _topic(cluster: Cluster, kind: int, name: str) -> Topic:
    if kind != TOPIC_RESOURCE:
        raise Refused(ErrorCode.INVALID_REQUEST, f"Unsupported resource type: {kind}")
    problem = name_problem(name)
    if problem:
        raise Refused(ErrorCode.INVALID_TOPIC, f"Topic name is invalid: {problem}")
    topic = cluster.topics.named(name)
    if topic is None:
        raise Refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, f"The topic '{name}' does not exist.")
    return topic


def _entry(name: str, config: Config, override: str | None) -> dict[str, object]:
    value = config.default if override is None else override
    source = config.source if override is None else Source.TOPIC
    return {
        "name": name,
        "value": value,
        "read_only": config.source is Source.STATIC_BROKER,
        "is_default": override is None and config.source is Source.DEFAULT,
        "config_source": source,
        "is_sensitive": False,
        "synonyms": [] if override is None else [{"name": name, "value": value, "source": source}],
        "config_type": config.type,
        "documentation": None,
    }


def _altered(cluster: Cluster, request: Request, replacement: Any) -> Fields:
    results = []
    for wanted in request.body.resources:
        try:
            topic = _topic(cluster, wanted.resource_type, wanted.resource_name)
            overrides = replacement(topic, wanted.configs)
        except Refused as refusal:
            results.append(_result(wanted, refusal))
        else:
            results.append(_result(wanted, None))
            if not request.body.validate_only:
                topic.overrides = dict(overrides)
    return {"responses": results}


def _result(wanted: Any, refusal: Refused | None) -> dict[str, object]:
    return {
        "error_code": refusal.code if refusal else ErrorCode.NONE,
        "error_message": refusal.message if refusal else None,
        "resource_type": wanted.resource_type,
        "resource_name": wanted.resource_name,
    }
