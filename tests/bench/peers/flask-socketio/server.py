# SPDX-License-Identifier: Apache-2.0
"""The same work on Flask-SocketIO. PARLEY_BENCH_ASYNC chooses its engine: gevent or eventlet."""
import os

ENGINE = os.environ.get("PARLEY_BENCH_ASYNC", "gevent")
if ENGINE == "gevent":
    from gevent import monkey
    monkey.patch_all()
else:
    import eventlet
    eventlet.monkey_patch()

from flask import Flask  # noqa: E402: the engine patches the standard library first
from flask_socketio import SocketIO, emit, join_room  # noqa: E402

app = Flask(__name__)
io = SocketIO(app, async_mode=ENGINE, transports=["websocket"], logger=False, engineio_logger=False)
INVALID = {"type": "error", "data": {"code": "invalid_args"}}


def is_text(text):
    return isinstance(text, str) and len(text) <= 4000


@io.on("benchEcho")
def bench_echo(command):
    value, text = command.get("value"), command.get("text")
    if not isinstance(value, int) or isinstance(value, bool) or not is_text(text):
        return INVALID
    return {"type": "benchEcho", "data": {"value": value, "text": text}}


@io.on("subscribe")
def subscribe(command):
    channel = command.get("channel")
    if not isinstance(channel, str):
        return INVALID
    join_room(channel)
    return {"type": "subscribed", "data": {"channel": channel}}


@io.on("benchFan")
def bench_fan(command):
    channel, text = command.get("channel"), command.get("text")
    if not isinstance(channel, str) or not is_text(text):
        return INVALID
    emit("benchFan", {"text": text}, to=channel)
    return {"type": "ok", "data": {}}


def serve_with_gevent():
    from gevent.pywsgi import WSGIServer
    from geventwebsocket.handler import WebSocketHandler
    server = WSGIServer(("127.0.0.1", 0), app, handler_class=WebSocketHandler, log=None, backlog=1024)
    server.start()
    print(f"ready http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()


def serve_with_eventlet():
    import eventlet.wsgi
    listener = eventlet.listen(("127.0.0.1", 0), backlog=1024)
    print(f"ready http://127.0.0.1:{listener.getsockname()[1]}/", flush=True)
    eventlet.wsgi.server(listener, app, log_output=False, max_size=4096)


if __name__ == "__main__":
    serve_with_gevent() if ENGINE == "gevent" else serve_with_eventlet()
