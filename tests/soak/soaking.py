# SPDX-License-Identifier: Apache-2.0
"""What the soaks that talk to a server share: the server, clients, counting.

A Server is a real parleyd on loopback with a folder of its own; leaving the `with` ends it, by its
process id. A Client speaks the wire protocol over one socket at a time, keeps what it needs to come
back, and can be cut off in the middle of anything. Nothing here retries by itself.
"""
import asyncio
import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))


class Server:
    """Limits on how often one address may come are off: every client comes from the same one."""

    LIMITS = ["limits.new_connections=0", "limits.rate=0", "limits.unauthenticated=0",
              "drain.spread=2s"]

    def __init__(self, settings=()):
        self.folder = tempfile.mkdtemp(prefix="parley-soak-")
        self.settings = [*self.LIMITS, *settings]
        self.listen = ["127.0.0.1:0", "127.0.0.1:0"]
        self.start()

    def start(self):
        command = [os.path.join(BUILD, "bin", "parleyd"),
                   "--config", os.path.join(ROOT, "config", "parley.yaml"),
                   "--state", os.path.join(self.folder, "state"),
                   "--listen", self.listen[0], "--operator", self.listen[1]]
        for setting in self.settings:
            command += ["--set", setting]
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log)
        ports = {}
        while "ready" not in ports or "operator" not in ports:
            line = self.process.stdout.readline().decode()
            if not line:
                raise SystemExit(f"the server ended before it was ready; its log: {self.log.name}")
            said = re.match(r"(\w+) http://[^/]*:(\d+)/", line)
            if said:
                ports[said[1]] = int(said[2])
        self.port, self.operator_port = ports["ready"], ports["operator"]
        self.listen = [f"127.0.0.1:{self.port}", f"127.0.0.1:{self.operator_port}"]

    def end(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        code = self.process.wait(60)
        self.process.stdout.close()
        self.log.close()
        return code

    def resident_kib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])

    def metric(self, name):
        """The sum over all labels."""
        with open(os.path.join(self.folder, "state", "operator.token"), encoding="ascii") as token:
            request = urllib.request.Request(
                f"http://127.0.0.1:{self.operator_port}/metrics",
                headers={"Authorization": "Bearer " + token.read().strip()})
        with urllib.request.urlopen(request, timeout=20) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines
                   if re.match(re.escape(name) + r"[ {]", line))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.end()
        shutil.rmtree(self.folder, ignore_errors=True)


class Closed(Exception):
    """The connection is gone; `code` is the server's close code, 0 without one."""

    def __init__(self, code=0):
        super().__init__(f"closed with {code}")
        self.code = code


class Socket:
    """One WebSocket, text frames and what belongs to them."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port, receive_buffer=0):
        if receive_buffer:
            import socket
            plain = socket.socket()
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            plain.setblocking(False)
            await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", port))
            reader, writer = await asyncio.open_connection(sock=plain, limit=receive_buffer)
        else:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write((f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
                      f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                      "Sec-WebSocket-Version: 13\r\n\r\n").encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            writer.transport.abort()
            raise Closed()
        return cls(reader, writer)

    def send(self, message, opcode=1):
        payload = message if isinstance(message, bytes) else json.dumps(message).encode()
        size = len(payload)
        head = bytes([0x80 | opcode, 0x80 | (size if size < 126 else 126)])
        if size >= 126:
            head += size.to_bytes(2, "big")
        mask = os.urandom(4)
        whole = (mask * (size // 4 + 1))[:size]
        masked = (int.from_bytes(payload, "big") ^ int.from_bytes(whole, "big")).to_bytes(size, "big")
        self.writer.write(head + mask + masked)

    async def read(self):
        while True:
            try:
                first, second = await self.reader.readexactly(2)
                size = second & 0x7F
                if size == 126:
                    size = int.from_bytes(await self.reader.readexactly(2), "big")
                elif size == 127:
                    size = int.from_bytes(await self.reader.readexactly(8), "big")
                payload = await self.reader.readexactly(size)
            except (asyncio.IncompleteReadError, OSError) as gone:
                raise Closed() from gone
            opcode = first & 0x0F
            if opcode == 1:
                return json.loads(payload)
            if opcode == 8:
                raise Closed(int.from_bytes(payload[:2], "big"))
            if opcode == 9:
                self.send(payload, 10)

    def cut(self):
        """No closing handshake: the cable is pulled."""
        self.writer.transport.abort()


class Client:
    """A guest, and what it must remember to come back."""

    def __init__(self, port, name):
        self.port, self.name = port, name
        self.socket = None
        self.session = self.secret = None
        self.seq = 0
        self.offsets = {}
        self.next_id = 0

    async def enter(self):
        self.socket = await Socket.open(self.port)
        self.socket.send({"action": "auth", "id": "in", "guest": self.name})
        return await self.welcomed("in")

    async def resume(self):
        self.socket = await Socket.open(self.port)
        self.socket.send({"action": "resume", "id": "back", "session": self.session,
                          "resume": self.secret, "seq": self.seq, "channels": self.offsets})
        return await self.welcomed("back")

    async def welcomed(self, frame_id):
        while True:
            frame = await self.socket.read()
            if frame.get("id") == frame_id:
                break
        if frame["type"] != "welcome":
            raise Closed(frame["data"]["code"])
        data = frame["data"]
        self.session, self.secret = data["session"], data["resume"]
        if not data["resumed"]:
            self.seq = 0
        for channel, offset in data["channels"].items():
            self.offsets.setdefault(channel, offset)
        return data

    async def read(self):
        frame = await self.socket.read()
        self.seq = max(self.seq, frame.get("seq", 0))
        return frame

    def ask(self, command):
        """Sends it and returns the id of its answer."""
        self.next_id += 1
        self.socket.send({**command, "id": self.next_id})
        return self.next_id

    async def answer(self, wanted):
        while True:
            frame = await self.read()
            if frame.get("id") == wanted:
                return frame


def say(channel, text, key=None):
    command = {"action": "sendChat", "channel": channel, "message": text}
    return {**command, "key": key} if key else command


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def verdict(counts, must_be_zero):
    """Prints all counts; ends the program with 1 when one of the named is not 0."""
    for name, count in counts.items():
        shown = f"{count:.1f}" if isinstance(count, float) else count
        print(f"{name:<28}{shown}")
    broken = [name for name in must_be_zero if counts[name] != 0]
    print("held" if not broken else "BROKEN: " + ", ".join(broken))
    sys.exit(1 if broken else 0)


def arguments(quick, whole):
    """The sizes of the run: `--quick` is one that ends within a minute."""
    rest = sys.argv[1:]
    chosen = quick if rest[:1] == ["--quick"] else whole
    given = [int(value) for value in rest if value != "--quick"]
    return [*given, *chosen[len(given):]]


def now():
    return time.monotonic()
