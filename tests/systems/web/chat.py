"""A chat over WebSockets: `echo …` comes back, what somebody says goes to all others.

`{"close": 4000}` has the service close with that code; bytes come back as they are. FAULT in the
environment makes it do one thing wrong (see README.md).
"""

from __future__ import annotations

import json
import os
import sys
import threading

from websockets.sync.server import Request, Response, Server, ServerConnection, serve

FAULT = os.environ.get("FAULT", "")
CLIENTS: set[ServerConnection] = set()
LOCK = threading.Lock()


def log(text: str) -> None:
    print(text, flush=True)


def tell(client: ServerConnection, message: str | bytes) -> None:
    """Send a message, or what the fault makes of it."""
    if FAULT == "dropped-message":
        return
    if FAULT == "wrong-message":
        message = '{"say": "something else"}'
    if FAULT == "large-message":
        message = "x" * 50_000_000
    client.send(message)
    if FAULT == "duplicate-message":
        client.send(message)


def others(client: ServerConnection) -> list[ServerConnection]:
    with LOCK:
        return [each for each in CLIENTS if each is not client or FAULT == "echoes-all"]


def answer(client: ServerConnection, message: str | bytes) -> None:
    if FAULT == "crash-on-message":
        log("fatal: out of luck")
        os._exit(1)
    if isinstance(message, bytes):
        tell(client, message)
    elif message.startswith("echo "):
        tell(client, message.removeprefix("echo "))
    else:
        said = json.loads(message)
        if "close" in said and FAULT != "stays-open":
            code = 1011 if FAULT == "wrong-code" else said["close"]
            client.close(code, "as you wish")
        if "say" in said:
            for each in others(client):
                tell(each, json.dumps(said))
    log(f"done with {message!r:.60}")


def chat(client: ServerConnection) -> None:
    with LOCK:
        CLIENTS.add(client)
    log("connected")
    try:
        for message in client:
            answer(client, message)
    finally:
        with LOCK:
            CLIENTS.discard(client)


def let_in(client: ServerConnection, request: Request) -> Response | None:
    """Only the chat is here; and only who says the right thing where that is asked for."""
    token = os.environ.get("TOKEN")
    if token is not None and request.headers.get("Authorization") != f"Bearer {token}":
        return client.respond(401, "who are you?\n")
    return None if request.path == "/chat" else client.respond(404, "no chat here\n")


if __name__ == "__main__":
    server: Server = serve(
        chat, "127.0.0.1", int(sys.argv[1]), process_request=let_in, max_size=None
    )
    log("listening")
    server.serve_forever()
