"""
One WebSocket after another: hello, heartbeats, messages in packed frames, and the way back after a loss.

Only heartbeats and their answers count as signs of life (rule P6), so the pings of the WebSocket library are off.
"""

import asyncio
import json
import logging
import random
import time
from urllib.parse import urlsplit

import websockets

SUBPROTOCOL = "vaquita.v1"
SOCKET_PATH = "/api/v1/worker/socket"
MAX_FRAME_BYTES = 1_048_576
MAX_BATCH_MESSAGES = 256
MAX_BATCH_BYTES = 262_144
HELLO_TIMEOUT_S = 10
#: Of what lies between heartbeat interval and session timeout: how much of it an answer may take. The rest is for coming back.
PATIENCE = 0.5
RECONNECT_BASE_S = 0.5
RECONNECT_CAP_S = 30
CLOSE_REPLACED = 4006

#: Answers to a hello after which trying again is pointless until a person has acted.
FINAL_REJECTS = {"bad_token", "revoked", "evicted", "version_unsupported", "bad_hello"}

log = logging.getLogger("vaquita.worker")


class Rejected(Exception):
    """The server does not want this worker; the text is for a person."""


def socket_url(server):
    """`http(s)://` or `ws(s)://host:port[/base]` → the address of the worker socket there."""
    url = urlsplit(server)
    scheme = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}.get(url.scheme)
    if scheme is None or not url.netloc:
        raise ValueError(f"{server} is not the address of a server: give http://host:port or https://host:port")
    base = url.path.rstrip("/")
    return f"{scheme}://{url.netloc}{base if base.endswith(SOCKET_PATH) else base + SOCKET_PATH}"


def may_follow(home, address):
    """Whoever is greeted learns the token: a redirect may lead to the machine that is known already, and never from TLS to plain text."""
    known, other = urlsplit(home), urlsplit(address)
    return known.hostname == other.hostname and other.scheme in (known.scheme, "wss")


class Connection:
    """
    `hello()` gives the first message, `heartbeat()` the figures of one, `welcomed(message)` and `received(message)` hear the
    server, `lost()` hears that a session is over. `send` is of effect only while a session is open.
    """

    def __init__(self, server, *, heartbeat_s, session_timeout_s, hello, heartbeat, welcomed, received, lost):
        self._home = socket_url(server)
        self._heartbeat_s = heartbeat_s
        self._patience_s = heartbeat_s + PATIENCE * (session_timeout_s - heartbeat_s)
        self._hello = hello
        self._heartbeat = heartbeat
        self._welcomed = welcomed
        self._received = received
        self._lost = lost
        self._outbox = []
        self._something = asyncio.Event()
        self._socket = None
        self._closing = False
        self.is_open = False

    def send(self, message):
        if self.is_open:
            self._outbox.append(message)
            self._something.set()

    async def run(self):
        """Until `close`. Raises `Rejected`."""
        address, failures = self._home, 0
        while not self._closing:
            wait = None
            try:
                redirect = await self._session(address)
                failures = 0
                if redirect:
                    wait = redirect["retryAfterMs"] / 1000
                    address = socket_url(redirect["url"]) if redirect["url"] else self._home
                    if not may_follow(self._home, address):
                        log.warning("%s leads, and is not trusted with the token", address)
                        address = self._home
            except (OSError, asyncio.TimeoutError, websockets.WebSocketException, ValueError) as error:
                code = getattr(error, "code", None)
                log.warning("The connection to %s is lost: %s", address, error or type(error).__name__)
                failures = failures + 1 if not self._was_open else 0
                if code == CLOSE_REPLACED:
                    wait = RECONNECT_CAP_S
                elif not self._was_open:
                    address = self._home
            if self._closing:
                return
            await asyncio.sleep(backoff_s(failures) if wait is None else wait)

    async def close(self):
        """What has been said is still sent."""
        self._closing = True
        if self._socket is not None:
            if self.is_open:
                await self._flush()
            await self._socket.close(1000)

    async def _session(self, address):
        """Returns a redirect, if that was the answer."""
        self._was_open = False
        async with websockets.connect(
            address, subprotocols=[SUBPROTOCOL], compression=None, ping_interval=None, max_size=2 * MAX_FRAME_BYTES
        ) as socket:
            self._socket = socket
            try:
                await socket.send(json.dumps(self._hello()))
                first, rest = await asyncio.wait_for(self._answer(socket), HELLO_TIMEOUT_S)
                if first["type"] == "redirect":
                    return first
                if first["type"] == "reject":
                    if first["code"] in FINAL_REJECTS:
                        raise Rejected(f"{first['code']}: {first['text']}")
                    raise ValueError(first["text"])
                self.is_open = self._was_open = True
                self._acked_at = time.monotonic()
                self._welcomed(first)
                for message in rest:
                    self._hear(message)
                await self._until_over(socket)
            finally:
                self._socket = None
                self.is_open = False
                self._outbox.clear()
                if self._was_open:
                    self._lost()
        return None

    async def _answer(self, socket):
        while True:
            messages = parse(await socket.recv())
            for at, message in enumerate(messages):
                if message.get("type") in ("welcome", "redirect", "reject"):
                    return message, messages[at + 1 :]

    async def _until_over(self, socket):
        tasks = [asyncio.create_task(work) for work in (self._listen(socket), self._talk(), self._beat(), self._watch(socket))]
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        for task in done:
            task.result()

    async def _listen(self, socket):
        async for frame in socket:
            for message in parse(frame):
                self._hear(message)
        if not self._closing:
            raise ConnectionError(f"the server closed it ({socket.close_code} {socket.close_reason})")

    def _hear(self, message):
        if message["type"] == "heartbeatAck":
            self._acked_at = time.monotonic()
        else:
            self._received(message)

    async def _talk(self):
        while True:
            await self._something.wait()
            self._something.clear()
            await self._flush()

    async def _flush(self):
        while self._outbox:
            batch, size = [], 0
            while self._outbox and len(batch) < MAX_BATCH_MESSAGES and size < MAX_BATCH_BYTES:
                text = json.dumps(self._outbox.pop(0))
                batch.append(text)
                size += len(text)
            await self._socket.send(batch[0] if len(batch) == 1 else f"[{','.join(batch)}]")

    async def _beat(self):
        seq = 0
        while True:
            seq += 1
            planned = time.monotonic()
            self.send({"type": "heartbeat", "seq": seq, "roundTripMs": None, "at": now_ms(), **self._heartbeat()})
            await asyncio.sleep(self._heartbeat_s)
            self.loop_lag_ms = max(0, (time.monotonic() - planned - self._heartbeat_s) * 1000)

    async def _watch(self, socket):
        """A silent connection is given up while there is time to be back (P6). Nobody would answer a close, so there is none."""
        while (left_s := self._acked_at + self._patience_s - time.monotonic()) > 0:
            await asyncio.sleep(left_s)
        socket.transport.abort()
        raise ConnectionError(f"the server has not answered heartbeats for {self._patience_s:g} s")

    loop_lag_ms = 0
    _was_open = False


def parse(frame):
    """The messages of a frame. What is not one is left out: a newer server may say more than this worker knows."""
    content = json.loads(frame)
    messages = content if isinstance(content, list) else [content]
    return [message for message in messages if isinstance(message, dict) and isinstance(message.get("type"), str)]


def backoff_s(failures):
    """At once the first time, then doubling with jitter."""
    if failures <= 0:
        return 0
    ceiling = min(RECONNECT_CAP_S, RECONNECT_BASE_S * 2 ** min(failures - 1, 10))
    return ceiling / 2 + random.random() * ceiling / 2


def now_ms():
    return int(time.time() * 1000)
