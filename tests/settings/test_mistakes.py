"""Settings that cannot be meant."""

from __future__ import annotations

import pytest

from evtbdd.errors import SettingsError


def error(folder, userdata=None, environ=None) -> str:
    with pytest.raises(SettingsError) as raised:
        folder.load(userdata, environ)
    return str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[evtbdd:channel:orders]\npartition = 3",
            'evtbdd.cfg line 2: [evtbdd:channel:orders] has no key "partition". '
            'Did you mean "partitions"?',
        ),
        (
            "[evtbdd:channel:orders]\n\npartitions = many",
            'evtbdd.cfg line 3: [evtbdd:channel:orders] partitions: "many" is not a whole number.',
        ),
        (
            "[evtbdd]\nTimeout = 5 seconds",
            'evtbdd.cfg line 2: [evtbdd] has no key "Timeout". Did you mean "timeout" or "timeout scale"?',
        ),
        (
            "[evtbdd]\ntimeout = 5s",
            'evtbdd.cfg line 2: [evtbdd] timeout: "5s" is not a time such as 500 ms, '
            "1.5 seconds or 2 minutes.",
        ),
        (
            "[evtbdd:chanel:orders]\nx = 1\ny = 2",
            'evtbdd.cfg line 1: [evtbdd:chanel:orders]: there is no kind of section "chanel". '
            'Did you mean "channel"?',
        ),
        ("[evtbdd:channel]", "evtbdd.cfg line 1: [evtbdd:channel] needs a name: [evtbdd:channel:NAME]."),
        ("[evtbdd:profile]", "evtbdd.cfg line 1: [evtbdd:profile] needs a name: [evtbdd:profile:NAME]."),
        (
            "[evtbdd.channel.orders]\npartitions = 1",
            "evtbdd.cfg line 1: [evtbdd.channel.orders] is no section of evtbdd: "
            "write [evtbdd:KIND:NAME].",
        ),
        ("[evtbdd]\n[evtbdd]", "evtbdd.cfg line 2: [evtbdd] stands there twice."),
        (
            "[evtbdd]\ntimeout = 1 ms\ntimeout = 1 ms",
            'evtbdd.cfg line 3: [evtbdd] has "timeout" twice.',
        ),
        (
            "[evtbdd:broker:main]\npassword hunter2",
            'evtbdd.cfg line 2: "password" is neither a section nor KEY = value.',
        ),
        (
            "[evtbdd:broker:main\nurl = x",
            'evtbdd.cfg line 1: "[evtbdd:broker:main" is no heading such as [evtbdd:KIND:NAME].',
        ),
        (
            "[evtbdd]\nprofile = unt\n[evtbdd:profile:unit]",
            'There is no section [evtbdd:profile:unt]. Did you mean "unit"?',
        ),
        (
            "[evtbdd:profile:unit]\ntimeot = 5 seconds",
            'evtbdd.cfg line 2 (profile unit): "timeot" means no setting. Did you mean "timeout" or "timeout scale"?',
        ),
        (
            "[evtbdd:profile:unit]\ntimeout = soon",
            'evtbdd.cfg line 2 (profile unit): [evtbdd] timeout: "soon" is not a time such as '
            "500 ms, 1.5 seconds or 2 minutes.",
        ),
        (
            "[evtbdd:profile:unit]\nprofile = other",
            "evtbdd.cfg line 2 (profile unit): a profile cannot choose a profile.",
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_a_file(folder, text, message) -> None:
    """A mistake is told with its file and line, and what would be right."""
    assert error(folder.write("evtbdd.cfg", text)) == message


DECLARED = "[evtbdd:broker:main]\n[evtbdd:channel:a-b]\n[evtbdd:channel:a_b]\n"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("evtbdd.timeot", "1 ms",
         '-D evtbdd.timeot means no setting. Did you mean "timeout" or "timeout scale"?'),
        ("evtbdd.broker.main.ur", "x",
         '-D evtbdd.broker.main.ur means no setting. [evtbdd:broker:main] has no key "ur". '
         'Did you mean "url"?'),
        ("evtbdd.service.new.comand", "x",
         '-D evtbdd.service.new.comand means no setting. [evtbdd:service:new] has no key "comand". '
         'Did you mean "command"?'),
        ("evtbdd.broker.mian.url", "x",
         "-D evtbdd.broker.mian.url means a [evtbdd:broker:mian] that no file declares. "
         'Did you mean "main"? If not, declare it.'),
        ("evtbdd.timeout", "5",
         '-D evtbdd.timeout: [evtbdd] timeout: "5" is not a time such as 500 ms, 1.5 seconds '
         "or 2 minutes."),
        ("evtbdd.channel.x.config.y.broker", "z",
         "-D evtbdd.channel.x.config.y.broker could mean [evtbdd:channel:x] config.y.broker or "
         "[evtbdd:channel:x.config.y] broker; write it in a file instead."),
        ("EVTBDD_TIMEOT", "1 ms",
         'EVTBDD_TIMEOT means no setting. Did you mean "EVTBDD_TIMEOUT", '
         '"EVTBDD_TIMEOUT_SCALE" or "EVTBDD_CONNECT_TIMEOUT"?'),
        ("EVTBDD_BROKER_MIAN_URL", "x",
         "EVTBDD_BROKER_MIAN_URL means a [evtbdd:broker:mian] that no file declares. "
         'Did you mean "main"? If not, declare it.'),
        ("EVTBDD_CHANNEL_A_B_BROKER", "main",
         "EVTBDD_CHANNEL_A_B_BROKER could mean [evtbdd:channel:a-b] broker or "
         "[evtbdd:channel:a_b] broker; write it in a file instead."),
        ("EVTBDD_CHANNEL_ORDERS_CONFIG_RETENTION_MS", "1",
         "EVTBDD_CHANNEL_ORDERS_CONFIG_RETENTION_MS means no setting. A name that is left open "
         "is set in a file or by -D, where its spelling shows."),
        ("EVTBDD_ISOLATION", "none",
         'EVTBDD_ISOLATION: [evtbdd] isolation: "none" is not names, namespace or shared.'),
    ],
)  # fmt: skip
def test_a_mistake_in_an_override(folder, name, value, message) -> None:
    """A mistake on the command line or in the environment is told by the name that was used."""
    given = {name: value}
    folder.write("evtbdd.cfg", DECLARED)
    assert (error(folder, given) if name[0] == "e" else error(folder, None, given)) == message


def test_all_mistakes_are_told(folder) -> None:
    """One error lists every mistake, files first, then command line and environment."""
    folder.write("setup.cfg", "[evtbdd]\ntimeot = 1 ms\nisolation = all\n")
    folder.write(
        "evtbdd.cfg", "[evtbdd:brokr:main]\nurl = x\n[evtbdd:broker:main]\nseen at = here\n"
    )
    assert error(folder, {"evtbdd.x": "1"}, {"EVTBDD_TIMEOUT": "0 ms"}) == (
        "6 mistakes in the settings:\n"
        '  setup.cfg line 2: [evtbdd] has no key "timeot". Did you mean "timeout" or "timeout scale"?\n'
        '  setup.cfg line 3: [evtbdd] isolation: "all" is not names, namespace or shared.\n'
        '  evtbdd.cfg line 1: [evtbdd:brokr:main]: there is no kind of section "brokr". '
        'Did you mean "broker"?\n'
        '  evtbdd.cfg line 4: [evtbdd:broker:main] seen at: "here" is not an address HOST:PORT.\n'
        "  -D evtbdd.x means no setting. "
        'Known: "allow no scenarios", "broker.main.password", "broker.main.password file", '
        '"broker.main.seen at", "broker.main.url", "broker.main.username", "connect timeout", '
        '"isolation", "profile", "timeout", "timeout scale".\n'
        '  EVTBDD_TIMEOUT: [evtbdd] timeout: "0 ms": a time must be more than zero.'
    )


def test_a_file_that_is_not_utf_8(folder) -> None:
    """A file that cannot be read is a mistake, not a crash."""
    (folder.path / "evtbdd.cfg").write_bytes(b"[evtbdd]\nprofile = \xff\n")
    assert error(folder).startswith("evtbdd.cfg cannot be read: 'utf-8' codec can't decode byte")
