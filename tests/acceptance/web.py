"""A project about the web shop and the chat of tests/systems/web: its settings, and a few steps."""

from __future__ import annotations

from acceptance.project import ROOT

WEB = ROOT / "tests" / "systems" / "web"
SETTINGS = f"""
[evtbdd:webhook:payments]

[evtbdd:service:shop]
command = python {WEB}/shop.py ${{port}}
url = http://127.0.0.1:${{port}}
ready = port ${{port}}
environment =
    PAYMENTS = ${{webhook.payments.url}}

[evtbdd:service:chat]
command = python {WEB}/chat.py ${{port}}
url = http://127.0.0.1:${{port}}
ready = port ${{port}}
"""
STEPS = """
from behave import when

from evtbdd.clock import Deadline
from evtbdd.webhooks.opened import webhooks_of


@when('the service "{name}" has died')
def service_has_died(context, name):
    service = context.evtbdd.services.get(name)
    assert service.require_started().wait(Deadline.after(10)) is not None


@when('the webhook "{name}" is gone')
def webhook_is_gone(context, name):
    webhook, _ = webhooks_of(context.evtbdd.facilities)._get(name)
    webhook.server._accepting.close()
"""
