"""The whole vocabulary in the language of patterns: section, keyword, pattern, names to print."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Entry:
    section: str
    keyword: str
    pattern: str
    names: dict[str, str] = field(default_factory=dict)


PHRASES = (
    # Channels
    Entry("Channels", "Given", 'the channel "{name}" exists [on the broker "{broker}"]'),
    Entry("Channels", "Given", "these channels exist:"),
    Entry("Channels", "Given", 'the channel "{name}" does not exist'),
    Entry("Channels", "Given", '"{channel}" already holds these events:'),
    # Publishing
    Entry(
        "Publishing",
        "When",
        'a[n] "{type}" event is published to "{channel}" [with key "{key}"] [with routing key "{routing_key}"] [:]',
        {"routing_key": "RK"},
    ),
    Entry(
        "Publishing",
        "When",
        'an event is published to "{channel}" [with key "{key}"] [with routing key "{routing_key}"] [:]',
        {"routing_key": "RK"},
    ),
    Entry(
        "Publishing",
        "When",
        'the event from "{file}" is published to "{channel}" [with key "{key}"] [with routing key "{routing_key}"]',
        {"routing_key": "RK"},
    ),
    Entry(
        "Publishing",
        "When",
        'these ["{type}"] events are published to "{channel}" [with key "{key}"] [with routing key "{routing_key}"]:',
        {"routing_key": "RK"},
    ),
    Entry(
        "Publishing",
        "When",
        '{n:Number} ["{type}"] events are published to "{channel}" [with key "{key}"] [at {r:Number} per second] [:]',
    ),
    Entry("Publishing", "When", "the same event is published again [{n:Number} time[s]]"),
    Entry(
        "Publishing",
        "When",
        'the text "{text}" is published to "{channel}" [with key "{key}"] [with routing key "{routing_key}"]',
        {"routing_key": "RK"},
    ),
    Entry(
        "Publishing",
        "When",
        'this text is published to "{channel}" [with key "{key}"] [with routing key "{routing_key}"]:',
        {"routing_key": "RK"},
    ),
    Entry(
        "Publishing",
        "When",
        'the bytes from "{file}" are published to "{channel}" [with key "{key}"] [with routing key "{routing_key}"]',
        {"routing_key": "RK"},
    ),
    Entry("Publishing", "When", 'a tombstone is published to "{channel}" with key "{key}"'),
    # Expecting
    Entry(
        "Expecting",
        "Then",
        'a[n] "{type}" event arrives on "{channel}" [with key "{key}"] [with routing key "{routing_key}"] [within {time:Duration}] [{in_all=in all}] [with:|equal to:]',
        {"routing_key": "RK"},
    ),
    Entry(
        "Expecting",
        "Then",
        'an event arrives on "{channel}" [with key "{key}"] [with routing key "{routing_key}"] [within {time:Duration}] [{in_all=in all}] [with:|equal to:]',
        {"routing_key": "RK"},
    ),
    Entry(
        "Expecting",
        "Then",
        'the text "{text}" arrives on "{channel}" [with key "{key}"] [within {time:Duration}] [{in_all=in all}]',
    ),
    Entry(
        "Expecting",
        "Then",
        'a tombstone arrives on "{channel}" [with key "{key}"] [within {time:Duration}] [{in_all=in all}]',
    ),
    Entry(
        "Expecting",
        "Then",
        'at least {n:Number} ["{type}"] (event arrives|events arrive) on "{channel}" [with key "{key}"] [within {time:Duration}] [{in_all=in all}] [with:]',
    ),
    Entry(
        "Expecting",
        "Then",
        'exactly {n:Number} ["{type}"] (event arrives|events arrive) on "{channel}" [with key "{key}"] [during {time:Duration}] [{in_all=in all}] [with:]',
    ),
    Entry(
        "Expecting",
        "Then",
        'at most {n:Number} ["{type}"] (event arrives|events arrive) on "{channel}" [with key "{key}"] [during {time:Duration}] [{in_all=in all}] [with:]',
    ),
    Entry(
        "Expecting",
        "Then",
        'these ["{type}"] events arrive on "{channel}" [with key "{key}"] [{in_order=in order}] [within {time:Duration}] [{in_all=in all}]:',
    ),
    Entry(
        "Expecting",
        "Then",
        'only these ["{type}"] events arrive on "{channel}" [with key "{key}"] [{in_order=in order}] [during {time:Duration}] [{in_all=in all}]:',
    ),
    Entry(
        "Expecting",
        "Then",
        'no ["{type}"] event follows on "{channel}" [with key "{key}"] [{in_all=in all}] [with:]',
    ),
    Entry(
        "Expecting",
        "Then",
        'no ["{type}"] event arrives on "{channel}" [with key "{key}"] during {time:Duration} [{in_all=in all}] [with:]',
    ),
    Entry(
        "Expecting",
        "Then",
        'every ["{type}"] event on "{channel}" [with key "{key}"] [during {time:Duration}] [{in_all=in all}] has:',
    ),
    Entry(
        "Expecting",
        "Then",
        '{n:Number} ["{type}"] events arrive on "{channel}" in the order of "{address}" [{per_key=per key}] [within {time:Duration}] [{in_all=in all}]',
    ),
    Entry(
        "Expecting",
        "Then",
        'the last ["{type}"] event on "{channel}" [with key "{key}"] [within {time:Duration}] has:',
    ),
    Entry("Expecting", "Then", 'its "{address}" is remembered as "{name}"'),
    Entry("Expecting", "Given", '"{name}" is a fresh id'),
    Entry("Expecting", "Given", '"{name}" is "{value}"'),
    # Services: the system under test
    Entry("Services: the system under test", "Given", 'the service "{name}" is running [with:]'),
    Entry(
        "Services: the system under test",
        "Given",
        '{n:Number} instances of the service "{name}" are running',
    ),
    Entry(
        "Services: the system under test",
        "When",
        'the service "{name}" is {what=started|stopped|killed|restarted|paused|resumed}',
    ),
    Entry(
        "Services: the system under test",
        "When",
        'the service "{name}" is killed after {time:Duration}',
    ),
    Entry(
        "Services: the system under test", "When", 'another instance of the service "{name}" starts'
    ),
    Entry(
        "Services: the system under test",
        "When",
        'one instance of the service "{name}" is {what=stopped|killed|paused}',
    ),
    Entry(
        "Services: the system under test",
        "Then",
        'the service "{name}" keeps running during {time:Duration}',
    ),
    Entry(
        "Services: the system under test",
        "Then",
        'the service "{name}" exits [with code {n:Number}] [within {time:Duration}]',
    ),
    Entry(
        "Services: the system under test",
        "Then",
        'the log of the service "{name}" contains "{text}" [within {time:Duration}]',
    ),
    Entry(
        "Services: the system under test",
        "Then",
        'the log of the service "{name}" contains [within {time:Duration}]:',
    ),
    Entry(
        "Services: the system under test",
        "Then",
        'the log of the service "{name}" contains "{text}" {how=exactly|at least|at most} {n:Number} time[s] [during {time:Duration}]',
    ),
    Entry(
        "Services: the system under test",
        "Then",
        'the log of the service "{name}" contains these lines [{in_order=in order}] [within {time:Duration}]:',
    ),
    Entry(
        "Services: the system under test",
        "Then",
        'the log of the service "{name}" does not contain "{text}" during {time:Duration}',
    ),
    # Handling: what a service did with an event
    Entry(
        "Handling: what a service did with an event",
        "Then",
        'the service "{name}" acknowledges the ["{type}"] event [with key "{key}"] [within {time:Duration}]',
    ),
    Entry(
        "Handling: what a service did with an event",
        "Then",
        'the service "{name}" does not acknowledge the ["{type}"] event [with key "{key}"] during {time:Duration}',
    ),
    Entry(
        "Handling: what a service did with an event",
        "Then",
        'the service "{name}" rejects the ["{type}"] event [with key "{key}"] [{requeued=and requeues it}] [within {time:Duration}]',
    ),
    Entry(
        "Handling: what a service did with an event",
        "Then",
        'the service "{name}" acknowledges the ["{type}"] event only after publishing a[n] "{published}" event [within {time:Duration}]',
        {"published": "TYPE"},
    ),
    Entry(
        "Handling: what a service did with an event",
        "Then",
        'the ["{type}"] event [with key "{key}"] is delivered {how=exactly|at least|at most} {n:Number} time[s] to the service "{name}" [within {within:Duration}|during {during:Duration}]',
    ),
    Entry(
        "Handling: what a service did with an event",
        "Then",
        'the ["{type}"] event [with key "{key}"] ends up on "{channel}" [after {n:Number} attempt[s]] [within {time:Duration}] [with:]',
    ),
    Entry(
        "Handling: what a service did with an event",
        "Then",
        'the ["{type}"] event [with key "{key}"] ends up on the dead-letter channel of "{channel}" [after {n:Number} attempt[s]] [within {time:Duration}] [with:]',
    ),
    Entry(
        "Handling: what a service did with an event",
        "Then",
        'the service "{name}" has caught up with "{channel}" [within {time:Duration}]',
    ),
    Entry(
        "Handling: what a service did with an event",
        "Then",
        'the lag of the service "{name}" on "{channel}" is {how=exactly|at most} {n:Number} [within {time:Duration}]',
    ),
    Entry(
        "Handling: what a service did with an event",
        "Then",
        'every event on "{channel}" is handled by exactly one instance of the service "{name}" [during {time:Duration}]',
    ),
    # Adversity
    Entry(
        "Adversity",
        "Given",
        'the service "{name}" will be killed on receiving the ["{type}"] event [with key "{key}"] [{started_again=and started again}]',
    ),
    Entry(
        "Adversity",
        "Given",
        'the service "{name}" will be killed while acknowledging the ["{type}"] event [with key "{key}"] [{started_again=and started again}]',
    ),
    Entry(
        "Adversity",
        "Given",
        'the service "{name}" will be killed after publishing a[n] "{type}" event [{started_again=and started again}]',
    ),
    Entry(
        "Adversity",
        "Given",
        'the acknowledgement of the ["{type}"] event by the service "{name}" will be lost [{n:Number} time[s]]',
    ),
    Entry(
        "Adversity",
        "Given",
        'the confirmation of a[n] "{type}" event to the service "{name}" will be lost [{n:Number} time[s]]',
    ),
    Entry(
        "Adversity",
        "Given",
        'the ["{type}"] event [with key "{key}"] will be delivered {n:Number} time[s] to the service "{name}"',
    ),
    Entry(
        "Adversity",
        "Given",
        'the ["{type}"] event [with key "{key}"] will be delivered {time:Duration} late to the service "{name}"',
    ),
    Entry(
        "Adversity",
        "Given",
        'the next {n:Number} events will be delivered in reverse order to the service "{name}"',
    ),
    Entry(
        "Adversity",
        "When",
        'the service "{name}" is cut off from the broker "{broker}" [for {time:Duration}]',
    ),
    Entry("Adversity", "When", 'the service "{name}" is reconnected to the broker "{broker}"'),
    Entry(
        "Adversity",
        "Given",
        'the service "{name}" reaches the broker "{broker}" with {time:Duration} latency [and {jitter:Duration} jitter]',
    ),
    Entry(
        "Adversity",
        "Given",
        'the service "{name}" reaches the broker "{broker}" at {n:Number} kB per second',
    ),
    Entry(
        "Adversity",
        "Given",
        'the service "{name}" reaches the broker "{broker}" through these toxics:',
    ),
    Entry(
        "Adversity",
        "When",
        'the broker "{broker}" is {what=stopped|killed|paused} for {time:Duration}',
    ),
    Entry(
        "Adversity",
        "When",
        'the broker "{broker}" is {what=stopped|killed|paused|resumed|started|restarted}',
    ),
    # HTTP
    Entry(
        "HTTP",
        "When",
        'a {method=GET|POST|PUT|PATCH|DELETE} request is sent to "{path}" [of the service "{name}"] [{in_background=in the background}] [:]',
    ),
    Entry(
        "HTTP",
        "When",
        '{n:Number} {method=GET|POST|PUT|PATCH|DELETE} requests are sent to "{path}" [of the service "{name}"] [:]',
    ),
    Entry("HTTP", "When", "the same request is sent again"),
    Entry("HTTP", "Then", "the response arrives [within {time:Duration}]"),
    Entry("HTTP", "Then", "no response arrives during {time:Duration}"),
    Entry("HTTP", "Then", "the response status is {n:Number}"),
    Entry("HTTP", "Then", "the response has:"),
    Entry(
        "HTTP",
        "Then",
        'a GET request to "{path}" [of the service "{name}"] returns {n:Number} [within {time:Duration}] [and stays so during {stays:Duration}] [with:]',
    ),
    Entry(
        "HTTP",
        "Then",
        'a {method=POST|PUT|PATCH|DELETE} request to "{path}" [of the service "{name}"] returns {n:Number} [with:]',
    ),
    # Webhooks
    Entry("Webhooks", "Given", 'the webhook "{name}" answers {n:Number} [to "{path}"] [:]'),
    Entry(
        "Webhooks",
        "Given",
        'the webhook "{name}" answers {n:Number}, {k:Number} time[s], then {m:Number}',
    ),
    Entry("Webhooks", "Given", 'the webhook "{name}" answers {n:Number} after {time:Duration}'),
    Entry(
        "Webhooks",
        "Given",
        'the webhook "{name}" answers {n:Number} [to "{path}"] to requests with:',
    ),
    Entry("Webhooks", "Given", 'the webhook "{name}" is {what=down|up}'),
    Entry(
        "Webhooks",
        "Then",
        'the webhook "{name}" receives a {method=GET|POST|PUT|PATCH|DELETE} request [to "{path}"] [within {time:Duration}] [{in_all=in all}] [with:|equal to:]',
    ),
    Entry(
        "Webhooks",
        "Then",
        'the webhook "{name}" receives at least {n:Number} request[s] [to "{path}"] [within {time:Duration}] [{in_all=in all}] [with:]',
    ),
    Entry(
        "Webhooks",
        "Then",
        'the webhook "{name}" receives {how=exactly|at most} {n:Number} request[s] [to "{path}"] [during {time:Duration}] [{in_all=in all}] [with:]',
    ),
    Entry(
        "Webhooks",
        "Then",
        'the webhook "{name}" receives these requests [to "{path}"] [{in_order=in order}] [within {time:Duration}] [{in_all=in all}]:',
    ),
    Entry(
        "Webhooks",
        "Then",
        'the webhook "{name}" receives no request [to "{path}"] during {time:Duration} [{in_all=in all}] [with:]',
    ),
    # WebSockets
    Entry(
        "WebSockets",
        "Given",
        'the WebSocket "{name}" is connected to "{path}" [of the service "{service}"]',
    ),
    Entry("WebSockets", "When", 'the WebSocket "{name}" sends "{text}"'),
    Entry("WebSockets", "When", 'the WebSocket "{name}" sends:'),
    Entry("WebSockets", "When", 'the WebSocket "{name}" is {what=disconnected|reconnected}'),
    Entry(
        "WebSockets",
        "Then",
        'the WebSocket "{name}" receives "{text}" [within {time:Duration}] [{in_all=in all}]',
    ),
    Entry(
        "WebSockets",
        "Then",
        'the WebSocket "{name}" receives a message [within {time:Duration}] [{in_all=in all}] [with:|equal to:]',
    ),
    Entry(
        "WebSockets",
        "Then",
        'the WebSocket "{name}" receives at least {n:Number} message[s] [within {time:Duration}] [{in_all=in all}] [with:]',
    ),
    Entry(
        "WebSockets",
        "Then",
        'the WebSocket "{name}" receives {how=exactly|at most} {n:Number} message[s] [during {time:Duration}] [{in_all=in all}] [with:]',
    ),
    Entry(
        "WebSockets",
        "Then",
        'the WebSocket "{name}" receives no message during {time:Duration} [{in_all=in all}] [with:]',
    ),
    Entry(
        "WebSockets",
        "Then",
        'the WebSocket "{name}" is closed [with code {n:Number}] [within {time:Duration}]',
    ),
    # Databases and files
    Entry("Databases and files", "Given", 'the table "{table}" [of the database "{name}"] holds:'),
    Entry(
        "Databases and files",
        "Then",
        'the table "{table}" [of the database "{name}"] has {how=exactly|at least} {n:Number} row[s] [within {time:Duration}] [and stays so during {stays:Duration}] [with:]',
    ),
    Entry(
        "Databases and files",
        "Then",
        'the table "{table}" [of the database "{name}"] has no row[s] [within {time:Duration}] [and stays so during {stays:Duration}] [with:]',
    ),
    Entry(
        "Databases and files",
        "Then",
        'the table "{table}" [of the database "{name}"] has these rows [within {time:Duration}]:',
    ),
    Entry(
        "Databases and files",
        "Then",
        'the table "{table}" [of the database "{name}"] has exactly 1 row per "{column}" [within {time:Duration}] [and stays so during {stays:Duration}]',
    ),
    Entry(
        "Databases and files",
        "Then",
        'the query "{sql}" [on the database "{name}"] returns [within {time:Duration}] [and stays so during {stays:Duration}]:',
    ),
    Entry("Databases and files", "Given", 'the file "{path}" holds:'),
    Entry("Databases and files", "When", 'this text is appended to the file "{path}":'),
    Entry("Databases and files", "When", 'this line is appended to the file "{path}":'),
    Entry(
        "Databases and files",
        "Then",
        'the file "{path}" contains these lines [{in_order=in order}] [within {time:Duration}]:',
    ),
    Entry(
        "Databases and files",
        "Then",
        'the file "{path}" has exactly {n:Number} line[s] [during {time:Duration}]',
    ),
    # One broker's own words: Kafka
    Entry(
        "One broker's own words: Kafka",
        "Given",
        'the channel "{name}" exists with {n:Number} partition[s]',
    ),
    Entry(
        "One broker's own words: Kafka",
        "Then",
        'the events on "{channel}" with the same key share a partition [during {time:Duration}] [{in_all=in all}]',
    ),
    Entry(
        "One broker's own words: Kafka",
        "Then",
        'the committed offset of the service "{name}" on "{channel}" is {n:Number} [within {time:Duration}]',
    ),
    Entry(
        "One broker's own words: Kafka",
        "When",
        'the group of the service "{name}" is reset to the {end=beginning|end} of "{channel}"',
    ),
    Entry(
        "One broker's own words: Kafka",
        "Then",
        'the partitions of "{channel}" are shared by {n:Number} instance[s] of the service "{name}" [within {time:Duration}]',
    ),
    # One broker's own words: RabbitMQ
    Entry(
        "One broker's own words: RabbitMQ",
        "Then",
        'the queue "{queue}" holds {n:Number} event[s] [within {time:Duration}] [and stays so during {stays:Duration}]',
    ),
    Entry(
        "One broker's own words: RabbitMQ",
        "Then",
        'the ["{type}"] event [with key "{key}"] expires [after {time:Duration}]',
    ),
    # One broker's own words: SQS
    Entry(
        "One broker's own words: SQS",
        "Then",
        'the ["{type}"] event becomes visible again on "{channel}" after {time:Duration}',
    ),
    Entry(
        "One broker's own words: SQS",
        "Then",
        'the ["{type}"] event stays invisible on "{channel}" during {time:Duration}',
    ),
    Entry(
        "One broker's own words: SQS",
        "When",
        'these ["{type}"] events are published to "{channel}" as one batch:',
    ),
    Entry(
        "One broker's own words: SQS",
        "Then",
        "the broker accepts {n:Number} and refuses {m:Number} of the batch",
    ),
)
