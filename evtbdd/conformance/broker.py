"""The promises that hold for every broker, in one class."""

from __future__ import annotations

from evtbdd.conformance.capabilities import Capable
from evtbdd.conformance.closing import Closing
from evtbdd.conformance.concurrency import Concurrency
from evtbdd.conformance.contents import Contents
from evtbdd.conformance.creating import Creating
from evtbdd.conformance.deleting import Deleting
from evtbdd.conformance.ends import Reaching
from evtbdd.conformance.order import Order
from evtbdd.conformance.publishing import Publishing
from evtbdd.conformance.watching import Watching


class BrokerConformance(
    Publishing,
    Contents,
    Order,
    Watching,
    Reaching,
    Creating,
    Deleting,
    Concurrency,
    Capable,
    Closing,
):
    """What every adapter promises; the test class of an adapter gives the fixture `broker`."""
