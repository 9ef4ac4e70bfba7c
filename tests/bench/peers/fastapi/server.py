# SPDX-License-Identifier: Apache-2.0
"""The same work on FastAPI and uvicorn (uvloop, httptools, websockets): the fastest set that the distribution ships."""
import json
import socket

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
rooms: dict[str, set[WebSocket]] = {}


def is_text(text):
    return isinstance(text, str) and len(text) <= 4000


def check_echo(command):
    value = command.get("value")
    return isinstance(value, int) and not isinstance(value, bool) and is_text(command.get("text"))


async def bench_echo(connection, command):
    await answer(connection, command, "benchEcho", {"value": command["value"], "text": command["text"]})


def check_subscribe(command):
    return isinstance(command.get("channel"), str)


async def subscribe(connection, command):
    rooms.setdefault(command["channel"], set()).add(connection)
    await answer(connection, command, "subscribed", {"channel": command["channel"]})


def check_fan(command):
    return isinstance(command.get("channel"), str) and is_text(command.get("text"))


async def bench_fan(connection, command):
    data = {"text": command["text"]}
    frame = json.dumps({"type": "benchFan", "channel": command["channel"], "data": data})
    for member in tuple(rooms.get(command["channel"], ())):
        await member.send_text(frame)
    await answer(connection, command, "ok", {})


HANDLERS = {
    "benchEcho": (check_echo, bench_echo),
    "subscribe": (check_subscribe, subscribe),
    "benchFan": (check_fan, bench_fan),
}


async def answer(connection, command, kind, data):
    await connection.send_text(json.dumps({"id": command.get("id"), "type": kind, "data": data}))


async def handle(connection, text):
    try:
        command = json.loads(text)
    except ValueError:
        return await answer(connection, {}, "error", {"code": "bad_json"})
    handler = HANDLERS.get(command.get("action"))
    if handler is None:
        return await answer(connection, command, "error", {"code": "unknown_action"})
    check, run = handler
    if not check(command):
        return await answer(connection, command, "error", {"code": "invalid_args"})
    await run(connection, command)


@app.websocket("/ws")
async def serve(connection: WebSocket):
    await connection.accept()
    try:
        while True:
            await handle(connection, await connection.receive_text())
    except WebSocketDisconnect:
        for members in rooms.values():
            members.discard(connection)


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(f"ready http://127.0.0.1:{listener.getsockname()[1]}/", flush=True)
    config = uvicorn.Config(app, loop="uvloop", http="httptools", ws="websockets", log_level="error",
                            access_log=False, ws_max_size=65536)
    uvicorn.Server(config).run(sockets=[listener])
