"""All that makes a node of RabbitMQ one's own: its ports, its folder, its environment."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from evtbdd.errors import BrokerUnavailable, SettingsError
from evtbdd.loopback import HOST, listener
from evtbdd.words import quoted

DEFAULTS: Mapping[str, str] = {
    "num_acceptors.tcp": "2",
    # An alarm about this machine's disk or memory would stop every publisher.
    "disk_free_limit.absolute": "1MB",
    "vm_memory_high_watermark.absolute": "1GB",
    "log.file": "false",
    "log.console": "true",
    "log.console.level": "warning",
}
OURS = (
    "listeners.tcp",
    "management.tcp",
    "log.file",
    "log.console",
    "default_user",
    "default_pass",
    "default_vhost",
    "cluster_name",
)
"""What nobody else can set, also with more behind it, for evtbdd could not reach the node then."""

PLUGINS = ("rabbitmq_management",)


@dataclass(frozen=True, slots=True)
class Ports:
    """Of clients, of the management API, of Erlang's distribution and its port mapper."""

    broker: int
    management: int
    distribution: int
    mapper: int


def free_ports() -> Ports:
    """Four ports of the loopback on which nothing listens now; BrokerUnavailable without them."""
    try:
        with ExitStack() as held:
            found = [held.enter_context(listener()) for _ in range(4)]
            return Ports(*(each.getsockname()[1] for each in found))
    except OSError as error:
        raise BrokerUnavailable(f"No port of {HOST} is free for RabbitMQ.") from error


def check_options(options: Mapping[str, str]) -> None:
    """SettingsError for an option that only evtbdd can set; RabbitMQ itself judges the others."""
    for name in options:
        if any(name == ours or name.startswith(f"{ours}.") for ours in OURS):
            raise SettingsError(
                f"{quoted(name)} cannot be set for a RabbitMQ that evtbdd starts: it chooses that "
                "itself, to be able to reach and to remove it."
            )


def write_files(folder: Path, name: str, ports: Ports, options: Mapping[str, str]) -> None:
    """What a node reads as it starts, and the folders that it writes to."""
    for each in ("data", "log", "home", "generated", "plugins"):
        (folder / each).mkdir(exist_ok=True)
    place = {
        "listeners.tcp.1": f"{HOST}:{ports.broker}",
        "management.tcp.ip": HOST,
        "management.tcp.port": str(ports.management),
        "cluster_name": name,
    }
    lines = {**DEFAULTS, **options, **place}.items()
    (folder / "rabbitmq.conf").write_text("".join(f"{key} = {value}\n" for key, value in lines))
    (folder / "enabled_plugins").write_text(f"[{','.join(PLUGINS)}].\n")
    (folder / "rabbitmq-env.conf").write_text("")
    # Names are looked up in here alone: else Erlang starts helpers that ask the network.
    (folder / "inetrc").write_text(
        f'{{hosts_file, ""}}.\n{{resolv_conf, ""}}.\n{{lookup, [file]}}.\n'
        f'{{host, {{{HOST.replace(".", ",")}}}, ["localhost"]}}.\n'
    )


def environment(
    inherited: Mapping[str, str], folder: Path, name: str, ports: Ports
) -> Mapping[str, str]:
    """The variables of a node called `name@localhost`, which has all that is its own in a folder."""
    kept = {
        key: value for key, value in inherited.items() if not key.startswith(("RABBITMQ_", "ERL_"))
    }
    return {
        **kept,
        "HOME": str(folder / "home"),  # where Erlang keeps its cookie
        "LANG": "C.UTF-8",
        "ERL_CRASH_DUMP": str(folder / "log" / "erl_crash.dump"),
        "ERL_CRASH_DUMP_SECONDS": "0",
        "ERL_EPMD_ADDRESS": HOST,
        "ERL_EPMD_PORT": str(ports.mapper),
        "ERL_INETRC": str(folder / "inetrc"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
        # With these two the script becomes the node, instead of starting it.
        "RABBITMQ_ALLOW_INPUT": "1",
        "RABBITMQ_SERVER_START_ARGS": "-noinput +B i",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
        "RABBITMQ_DIST_PORT": str(ports.distribution),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_NODENAME": f"{name}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": HOST,
        "RABBITMQ_NODE_PORT": str(ports.broker),
        "RABBITMQ_PID_FILE": str(folder / "node.pid"),
        "RABBITMQ_PLUGINS_EXPAND_DIR": str(folder / "plugins"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
            f"-kernel inet_dist_use_interface {{{HOST.replace('.', ',')}}}"
        ),
    }
