"""A runner for behave that begins the run's own brokers while steps and features are loaded.

In setup.cfg::

    [behave]
    runner = evtbdd.runner:Runner
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from behave.runner import Runner as BehaveRunner

from evtbdd.errors import EvtbddError
from evtbdd.head_start import HeadStart
from evtbdd.sections import SECTIONS
from evtbdd.settings.load import Settings


class Runner(BehaveRunner):  # type: ignore[misc]
    """behave's own, with a head start for real brokers; nothing is begun for a dry run."""

    def run(self) -> bool:
        """Whether the run failed."""
        self.head_start = HeadStart()
        try:
            if not self.config.dry_run:
                # What is wrong with the settings is told by every scenario.
                with suppress(EvtbddError):
                    self.head_start.begin(
                        Settings.load(
                            Path.cwd(),
                            sections=SECTIONS,
                            userdata=self.config.userdata,
                            environ=os.environ,
                        )
                    )
            return bool(super().run())
        finally:
            self.head_start.close()
