"""Services and local brokers, started and ended by processes that outlive a killed run."""

from evtbdd.keeper.exit import Exit
from evtbdd.keeper.held import HeldKeeper
from evtbdd.keeper.keeper import Keeper
from evtbdd.keeper.log import LogLine, ServiceLog
from evtbdd.keeper.process import Process

__all__ = ["Exit", "HeldKeeper", "Keeper", "LogLine", "Process", "ServiceLog"]
