"""What every adapter of `evtbdd.ports.Broker` promises, as tests that an adapter's author runs.

::

    from evtbdd.conformance import BrokerConformance

    class TestMyBroker(BrokerConformance):
        adapter = "mine"

        @pytest.fixture
        def broker(self):
            broker = connect("…", patience=5.0)
            yield broker
            broker.close()

`BrokerConformance` holds for every broker. Five more are added as further bases where they apply:
`SharedConformance` where two connections meet at one address, `RemoteConformance` where a broker can
be out of reach, `SubscribedConformance` where it knows who subscribes,
`AcknowledgedConformance` in its place where it tells too what they have acknowledged, and
`LocksConformance` where it keeps runs apart (`evtbdd.offers`). What a broker cannot do
(`Capabilities.can`) is not skipped: the suite demands that asking for it is refused, and names who
can. A table of adapters and promises is printed by `evtbdd.conformance.table`.
"""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    *(
        f"{__name__}.{module}"
        for module in (
            "capabilities",
            "closing",
            "concurrency",
            "contents",
            "creating",
            "deleting",
            "ends",
            "locks",
            "order",
            "publishing",
            "remote",
            "rig",
            "sharing",
            "subscribed",
            "watching",
        )
    )
)

from evtbdd.conformance.broker import BrokerConformance  # noqa: E402 - asserts are rewritten first
from evtbdd.conformance.locks import LocksConformance  # noqa: E402
from evtbdd.conformance.remote import Mortal, RemoteConformance  # noqa: E402
from evtbdd.conformance.sharing import SharedConformance  # noqa: E402
from evtbdd.conformance.subscribed import AcknowledgedConformance, SubscribedConformance  # noqa: E402

__all__ = [
    "AcknowledgedConformance",
    "BrokerConformance",
    "LocksConformance",
    "Mortal",
    "RemoteConformance",
    "SharedConformance",
    "SubscribedConformance",
]
