"""What a project brings of its own: a matcher under a word, a codec, steps beside ours."""

from __future__ import annotations

from acceptance.project import Project, normal

CHECKS = '''
from hamcrest.core.base_matcher import BaseMatcher


class DivisibleBy(BaseMatcher):
    def __init__(self, divisor):
        self.divisor = divisor

    def _matches(self, item):
        return isinstance(item, int) and item % self.divisor == 0

    def describe_to(self, description):
        description.append_text(f"a number divisible by {self.divisor}")


def divisible_by(rest):
    return DivisibleBy(int(rest))


class Shouted:
    """Payloads are texts in capitals."""

    def encode(self, value):
        return value["said"].upper().encode()

    def decode(self, data, headers):
        if not data.isupper():
            raise ValueError("nobody shouts")
        return {"said": data.decode().lower()}
'''
SETTINGS = """\
[evtbdd:channel:orders]

[evtbdd:channel:square]
codec = checks:Shouted

[evtbdd:matcher:divisible by]
factory = checks:divisible_by
"""
FEATURE = """\
Feature: Of its own

  Scenario: a matcher fits
    When an event is published to "orders":
      | field | value |
      | total | 20    |
    Then an event arrives on "orders" within 200 ms with:
      | field | value             |
      | total | ${divisible by 5} |

  Scenario: a matcher does not fit
    When an event is published to "orders":
      | field | value |
      | total | 21    |
    Then an event arrives on "orders" within 200 ms with:
      | field | value             |
      | total | ${divisible by 5} |

  Scenario: a matcher cannot be meant
    When an event is published to "orders"
    Then an event arrives on "orders" within 200 ms with:
      | field | value                |
      | total | ${divisible by five} |

  Scenario: a codec
    When an event is published to "square":
      | field | value |
      | said  | hear  |
    Then an event arrives on "square" within 200 ms with:
      | field | value |
      | said  | hear  |
    And the text "HEAR" arrives on "square" within 200 ms
"""


def test_a_project_brings_matchers_and_codecs(project: Project) -> None:
    """A matcher has a word in the settings, a codec a place; their texts stand in the failure."""
    project.write("checks.py", CHECKS)
    project.write("evtbdd.cfg", SETTINGS)
    project.write("features/own.feature", FEATURE)
    outcome = project.behave()
    verdicts = {name: (v.status, normal(v.text)) for name, v in outcome.verdicts.items()}
    assert verdicts == {
        "a matcher fits": ("passed", ""),
        "a matcher does not fit": (
            "failed",
            'ASSERT FAILED: Expected on "orders" within 200 ms: an event\n'
            "  with  total = a number divisible by 5\n"
            "but the one event in its window did not match (waited T s; memory, channel "
            "TOPIC-orders)\n"
            '  nearest  #1 at +T s, {"total":21}, partition 0 offset 0\n'
            "           total: 21, expected a number divisible by 5",
        ),
        "a matcher cannot be meant": (
            "error",
            "PhraseError: features/own.feature:23: ${divisible by five} cannot be meant: "
            "invalid literal for int() with base 10: 'five'.",
        ),
        "a codec": ("passed", ""),
    }
