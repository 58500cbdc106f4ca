"""Settings that are right."""

from __future__ import annotations

import pytest

from evtbdd.errors import UnknownName


def test_without_files_the_defaults_hold(folder) -> None:
    """With nothing given, everything has its default, of its kind."""
    settings = folder.load()
    assert dict(settings.main) == {
        "profile": None,
        "timeout": 5.0,
        "connect timeout": 5.0,
        "timeout scale": 1.0,
        "isolation": "names",
        "allow no scenarios": False,
    }
    assert settings.names("broker") == ()
    assert settings.source("", "", "timeout") == "default"


def test_evtbdd_cfg_goes_before_setup_cfg(folder) -> None:
    """The same sections stand in both files; evtbdd.cfg wins key by key."""
    folder.write("setup.cfg", """\
        [metadata]
        name = shop
        this line is not ours to read

        [evtbdd]
        timeout = 10 seconds
        isolation = shared

        [evtbdd:channel:orders]
        partitions = 3

        [evtbdd:channel:shipments]

        [tool:pytest]
        timeout = x
        """)  # fmt: skip
    folder.write("evtbdd.cfg", """\
        # a comment
        [evtbdd:channel:payments]
        [evtbdd:channel:orders]
        types = OrderPlaced,
            OrderShipped
        [evtbdd]
        timeout = 20 seconds
        """)  # fmt: skip
    settings = folder.load()
    assert (settings.main["timeout"], settings.main["isolation"]) == (20.0, "shared")
    assert settings.names("channel") == ("orders", "shipments", "payments")
    orders = settings.section("channel", "orders")
    assert (orders["partitions"], orders["types"]) == (3, ("OrderPlaced", "OrderShipped"))
    assert settings.section("channel", "shipments")["partitions"] == 1
    assert settings.source("", "", "timeout") == "evtbdd.cfg line 7"
    assert settings.source("channel", "orders", "partitions") == "setup.cfg line 10"
    assert settings.source("channel", "orders", "types") == "evtbdd.cfg line 4"
    assert settings.source("channel", "shipments", "partitions") == "default"


def test_values_are_read_as_they_are(folder) -> None:
    """Percent signs, placeholders, colons, signs of comments and lines stay in a value."""
    folder.write("evtbdd.cfg", """\
        [evtbdd:broker:main]
        url = amqp://${env.USER}:50%@host/#x ; y
        [evtbdd:service:shipping]
        command = python "my app.py" --at ${service.web.url} ${now + 2 days}
        environment =
            BROKER = ${broker.main}

            OPTIONS = a=b
            command = x
        """)  # fmt: skip
    settings = folder.load()
    assert settings.section("broker", "main")["url"] == "amqp://${env.USER}:50%@host/#x ; y"
    shipping = settings.section("service", "shipping")
    assert shipping["command"] == (
        "python", "my app.py", "--at", "${service.web.url}", "${now + 2 days}",
    )  # fmt: skip
    assert shipping["environment"] == {
        "BROKER": "${broker.main}", "OPTIONS": "a=b", "command": "x",
    }  # fmt: skip
    assert settings.source("service", "shipping", "command") == "evtbdd.cfg line 4"


def test_a_key_may_be_indented(folder) -> None:
    """An indented line that continues no value is a key like any other."""
    folder.write("evtbdd.cfg", "[evtbdd]\n  timeout = 7 seconds\n  isolation = shared\n")
    settings = folder.load()
    assert (settings.main["timeout"], settings.main["isolation"]) == (7.0, "shared")
    assert settings.source("", "", "isolation") == "evtbdd.cfg line 3"


def test_a_key_that_leaves_its_name_open(folder) -> None:
    """An open key is there under the name that was given."""
    folder.write("evtbdd.cfg", """\
        [evtbdd:channel:orders]
        config.retention.ms = 1000
        """)  # fmt: skip
    settings = folder.load({"evtbdd.channel.orders.config.cleanup.policy": "compact"})
    assert dict(settings.section("channel", "orders")) == {
        "broker": None,
        "types": None,
        "attempts": None,
        "partitions": 1,
        "config.retention.ms": "1000",
        "config.cleanup.policy": "compact",
    }


def test_the_order_of_the_layers(folder) -> None:
    """Files, then the profile, then -D, then the environment; each goes before what is earlier."""
    folder.write("setup.cfg", """\
        [evtbdd]
        timeout = 1 second
        profile = unit

        [evtbdd:channel:orders]
        attempts = 1
        partitions = 1

        [evtbdd:profile:unit]
        timeout = 2 seconds
        connect timeout = 2 seconds
        channel.orders.partitions = 2
        channel.orders.attempts = 2
        """)  # fmt: skip
    folder.write("evtbdd.cfg", """\
        [evtbdd:profile:unit]
        channel.orders.attempts = 3
        """)  # fmt: skip
    settings = folder.load(
        {
            "evtbdd.connect timeout": "4 seconds",
            "evtbdd.channel.orders.attempts": "4",
            "other": "x",
        },
        {"EVTBDD_CHANNEL_ORDERS_ATTEMPTS": "5", "PATH": "/bin"},
    )
    orders = settings.section("channel", "orders")
    assert settings.main["timeout"] == 2.0
    assert settings.main["connect timeout"] == 4.0
    assert (orders["partitions"], orders["attempts"]) == (2, 5)
    assert [
        settings.source("", "", "profile"),
        settings.source("", "", "timeout"),
        settings.source("", "", "connect timeout"),
        settings.source("channel", "orders", "partitions"),
        settings.source("channel", "orders", "attempts"),
    ] == [
        "setup.cfg line 3",
        "setup.cfg line 10 (profile unit)",
        "-D evtbdd.connect timeout",
        "setup.cfg line 12 (profile unit)",
        "EVTBDD_CHANNEL_ORDERS_ATTEMPTS",
    ]  # fmt: skip


PROFILES = """\
    [evtbdd]
    profile = real
    [evtbdd:profile:real]
    broker.main.url = kafka://broker:9092
    [evtbdd:profile:unit]
    broker.main.url = memory://
    broker.other.url = memory://
    """


@pytest.mark.parametrize(
    ("userdata", "environ", "url", "names"),
    [
        ({}, {}, "kafka://broker:9092", ("main",)),
        ({"evtbdd.profile": "unit"}, {}, "memory://", ("main", "other")),
        ({"evtbdd.profile": "unit"}, {"EVTBDD_PROFILE": "real"}, "kafka://broker:9092", ("main",)),
    ],
)
def test_one_profile_is_chosen(folder, userdata, environ, url, names) -> None:
    """The profile is chosen as any other setting is; only what it says is taken."""
    settings = folder.write("evtbdd.cfg", PROFILES).load(userdata, environ)
    assert settings.section("broker", "main")["url"] == url
    assert settings.names("broker") == names


def test_an_override_may_declare_a_section(folder) -> None:
    """A section that no file declares is there once -D or the environment gives it a value."""
    settings = folder.load(
        {"evtbdd.broker.main.url": "kafka://a:1"}, {"EVTBDD_CHANNEL_ORDERS_PARTITIONS": "2"}
    )
    assert settings.section("broker", "main")["url"] == "kafka://a:1"
    assert settings.section("channel", "orders")["partitions"] == 2


def test_names_with_dots_and_dashes(folder) -> None:
    """Overrides find sections whose names hold dots, dashes and capitals."""
    folder.write("evtbdd.cfg", "[evtbdd:channel:Orders.dead-letter]\n[evtbdd:channel:orders]\n")
    settings = folder.load(
        {"evtbdd.channel.Orders.dead-letter.attempts": "2"},
        {"EVTBDD_CHANNEL_ORDERS_DEAD_LETTER_PARTITIONS": "3"},
    )
    dead = settings.section("channel", "Orders.dead-letter")
    assert (dead["attempts"], dead["partitions"]) == (2, 3)
    assert settings.names("channel") == ("Orders.dead-letter", "orders")


def test_spaces_may_be_underscores_on_the_command_line(folder) -> None:
    """-D evtbdd.connect_timeout needs no quotes in a shell."""
    settings = folder.load({"evtbdd.connect_timeout": "7 seconds"})
    assert settings.main["connect timeout"] == 7.0


def test_an_open_key_in_use_can_be_set_by_the_environment(folder) -> None:
    """The environment finds an open key under a name that a file gives."""
    folder.write("evtbdd.cfg", "[evtbdd:channel:orders]\nconfig.retention.ms = 1\n")
    settings = folder.load(environ={"EVTBDD_CHANNEL_ORDERS_CONFIG_RETENTION_MS": "2"})
    assert settings.section("channel", "orders")["config.retention.ms"] == "2"


def test_reserved_variables_are_no_settings(folder) -> None:
    """Reserved variables, and those that begin with a reserved beginning, are passed over."""
    environ = {"EVTBDD_DEBUG": "1", "EVTBDD_KEEPER_PIPE": "3", "EVTBDD_TIMEOUT": "1 second"}
    settings = folder.load(environ=environ, reserved=("EVTBDD_DEBUG", "EVTBDD_KEEPER_"))
    assert settings.main["timeout"] == 1.0


def test_an_unknown_section_names_the_nearest(folder) -> None:
    """Asking for a section that nobody declared is an error with the nearest name."""
    settings = folder.write("evtbdd.cfg", "[evtbdd:channel:orders]").load()
    with pytest.raises(UnknownName) as raised:
        settings.section("channel", "order")
    assert (
        str(raised.value) == 'There is no channel "order" in the settings. Did you mean "orders"?'
    )


def test_settings_cannot_be_changed(folder) -> None:
    """The values of a section cannot be assigned to."""
    with pytest.raises(TypeError):
        folder.load().main["timeout"] = 1
