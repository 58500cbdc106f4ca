"""Every section of the settings, each declared by the part that it is about."""

from __future__ import annotations

from evtbdd import main_section
from evtbdd.channels import declaration as channel
from evtbdd.channels import pool
from evtbdd.databases import declaration as database
from evtbdd.http import access as http
from evtbdd.metrics import settings as metrics
from evtbdd.services import declaration as service
from evtbdd.traces import settings as traces
from evtbdd.values import declared as matcher
from evtbdd.webhooks import settings as webhook

SECTIONS = (
    main_section.SECTION,
    pool.SECTION,
    channel.SECTION,
    service.SECTION,
    database.SECTION,
    http.SECTION,
    metrics.SECTION,
    webhook.SECTION,
    traces.SECTION,
    matcher.SECTION,
)
