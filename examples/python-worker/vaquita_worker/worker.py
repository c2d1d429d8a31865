"""
The worker: takes dispatches, runs them, and reports. The table “One dispatch on the worker” and the rules P1 to P10 of
PROTOCOL.md are what its methods follow.
"""

import asyncio
import logging
import os
import platform
import secrets
import shutil
import signal
import socket

from . import VERSION
from .connection import Connection, now_ms
from .host import HostMeter
from .journal import began_at
from .log_buffer import LogBuffer
from .shell_task import ShellTask

MAX_UNACKED_OUTPUT_BYTES = 4_194_304

log = logging.getLogger("vaquita.worker")


class Dispatch:
    """One that is accepted and has not ended, or has ended and is not acknowledged."""

    def __init__(self, order, epoch):
        self.order = order
        self.epoch = epoch
        self.log = LogBuffer(MAX_UNACKED_OUTPUT_BYTES)
        self.task = None
        self.work = None
        self.process_id = None
        self.started_at = None
        self.result = None


class Worker:
    def __init__(self, options, journal):
        self._options = options
        self._journal = journal
        self._dispatches = {}
        self._highest_epoch = 0
        self._slots = options.slots
        self._labels = dict(options.labels)
        self._draining = False
        self._stopping = False
        self._instance = secrets.token_hex(16)
        self._meter = HostMeter(options.work_dir)
        self._idle = asyncio.Event()
        self._idle.set()
        self._connection = Connection(
            options.server,
            heartbeat_s=options.heartbeat_s,
            session_timeout_s=3 * options.heartbeat_s,
            hello=self._hello,
            heartbeat=self._heartbeat,
            welcomed=self._welcomed,
            received=self._received,
            lost=self._connection_lost,
        )

    async def run(self):
        """Until it is stopped. Raises `Rejected`."""
        self._take_up_what_is_left()
        await self._connection.run()

    async def stop(self, grace_s):
        """Takes nothing new, waits for what runs, gives the rest back, and leaves."""
        self._draining = self._stopping = True
        try:
            await asyncio.wait_for(self._idle.wait(), grace_s)
        except asyncio.TimeoutError:
            for dispatch in self._running().values():
                dispatch.task.stop("interrupted", "its worker was told to stop", 5)
            await self._idle.wait()
        self._say({"type": "goodbye", "reason": "stopping", "running": list(self._running())})
        await self._connection.close()

    # What the server hears

    def _hello(self):
        options = self._options
        running = self._running()
        return {
            "type": "hello",
            "versions": ["1.1", "1.0"],
            "workerId": self._journal.worker_id,
            "token": options.token,
            "name": options.name,
            "groups": options.groups,
            "labels": options.labels,
            "weight": options.weight,
            "slots": options.slots,
            "heartbeatIntervalMs": int(options.heartbeat_s * 1000),
            "sessionTimeoutMs": int(3 * options.heartbeat_s * 1000),
            "agentVersion": VERSION,
            "runtime": f"python {platform.python_version()}",
            "host": socket.gethostname(),
            "taskTypes": ["shell"],
            "running": [
                {"dispatchId": id, "epoch": one.epoch, "state": "accepted" if one.started_at is None else "started"}
                for id, one in running.items()
            ],
            "unsent": [
                {"dispatchId": id, "epoch": one.epoch, "logBytes": one.log.unacked_bytes}
                for id, one in self._dispatches.items()
                if one.result is not None
            ],
            "instance": self._instance,
            "draining": self._stopping,
            "at": now_ms(),
        }

    def _heartbeat(self):
        running = self._running()
        return {
            **self._meter.read(),
            "loopLagMs": self._connection.loop_lag_ms,
            "slotsUsed": len(running),
            "running": list(running),
            "unsent": sum(one.result is not None for one in self._dispatches.values()),
        }

    def _say(self, message):
        self._connection.send(message)

    def _say_how_it_stands(self):
        self._say(
            {
                "type": "drainStatus",
                "draining": self._draining,
                "slots": self._slots,
                "labels": self._labels,
                "logLevel": None,
                "running": list(self._running()),
                "unsent": sum(one.result is not None for one in self._dispatches.values()),
            }
        )

    # What the server says

    def _welcomed(self, welcome):
        self._highest_epoch = max(self._highest_epoch, welcome["epoch"])
        log.info("Joined %s as %s.", welcome["serverId"], self._options.name)
        # What a server has asked for holds for a session; what still holds it says again.
        self._draining = self._stopping
        self._slots, self._labels = self._options.slots, self._options.labels
        for id in welcome["abandon"]:
            self._kill(id, "the server does not count on it any more", 0)
        for dispatch in self._dispatches.values():
            dispatch.log.connection_lost()
            self._ship(dispatch)

    def _connection_lost(self):
        log.info("Not connected; %d tasks go on.", len(self._running()))

    def _received(self, message):
        handle = {
            "dispatch": self._on_dispatch,
            "kill": lambda order: self._kill(order["dispatchId"], order["reason"], order["graceMs"] / 1000),
            "takeOver": self._on_take_over,
            "echo": self._on_echo,
            "drain": lambda _: self._on_drain(True),
            "resume": lambda _: self._on_drain(False),
            "configure": self._on_configure,
            "resultAck": self._on_result_ack,
            "outputAck": self._on_output_ack,
            "fault": lambda fault: log.error("The server says: %s (%s)", fault["text"], fault["code"]),
        }.get(message["type"])
        if handle:
            handle(message)

    def _on_dispatch(self, order):
        id = order["dispatchId"]
        known = self._dispatches.get(id)
        if known is not None:
            if known.result is not None:
                self._ship(known)
                return
            self._say({"type": "ack", "dispatchId": id})
            self._say_started(known)
            return
        refusal = self._why_not(order)
        if refusal:
            reason, text = refusal
            self._say({"type": "refuse", "dispatchId": id, "reason": reason, "text": text})
            return
        self._highest_epoch = max(self._highest_epoch, order["epoch"])
        try:
            self._journal.begin(id, order)
        except OSError as error:
            text = f"the work folder cannot be written: {error}"
            self._say({"type": "refuse", "dispatchId": id, "reason": "overloaded", "text": text})
            return
        dispatch = self._dispatches[id] = Dispatch(order, order["epoch"])
        self._idle.clear()
        dispatch.task = self._task_of(id, dispatch)
        self._say({"type": "ack", "dispatchId": id})
        dispatch.work = asyncio.create_task(self._carry_out(id, dispatch))

    def _why_not(self, order):
        if self._journal.is_done(order["dispatchId"]):
            return "duplicate", "this dispatch has ended here"
        if order["epoch"] < self._highest_epoch:
            return "stale_epoch", f"epoch {order['epoch']} is older than {self._highest_epoch}"
        if order["taskType"] != "shell":
            return "unknown_type", f"this worker runs shell tasks, not {order['taskType']}"
        if self._draining:
            return "draining", "this worker takes nothing new"
        if len(self._running()) >= self._slots:
            return "no_slot", f"all {self._slots} slots are taken"
        return None

    def _kill(self, id, reason, grace_s):
        dispatch = self._dispatches.get(id)
        if dispatch is not None and dispatch.result is None:
            dispatch.task.stop("killed", reason, grace_s)
        elif dispatch is not None:
            self._ship(dispatch)
        elif self._journal.is_done(id):
            self._say(result_of(id, self._highest_epoch, state="killed", error="it has ended here before"))
        else:
            # Never heard of it: it will not be run, should it come after all.
            dispatch = self._dispatches[id] = Dispatch(None, self._highest_epoch)
            self._end(id, dispatch, {"state": "killed", "error": "it never arrived here"})

    def _on_take_over(self, order):
        self._highest_epoch = max(self._highest_epoch, order["epoch"])
        for id in order["dispatchIds"]:
            if id in self._dispatches:
                self._dispatches[id].epoch = order["epoch"]

    def _on_echo(self, echo):
        """Goes the way of a task: a folder is made and removed, and the result is on disk before it is sent."""
        id = echo["nonce"]
        if id in self._dispatches:
            self._ship(self._dispatches[id])
            return
        folder = self._journal.work_dir(id)
        folder.mkdir(parents=True)
        shutil.rmtree(folder)
        dispatch = self._dispatches[id] = Dispatch(None, self._highest_epoch)
        self._end(id, dispatch, {"state": "success"})

    def _on_drain(self, draining):
        self._draining = draining or self._stopping
        self._say_how_it_stands()

    def _on_configure(self, order):
        self._slots = order.get("slots", self._slots)
        self._labels = order.get("labels", self._labels)
        self._say_how_it_stands()

    def _on_result_ack(self, message):
        for id in message["dispatchIds"]:
            dispatch = self._dispatches.get(id)
            if dispatch is not None and dispatch.result is not None:
                del self._dispatches[id]
                self._journal.forget(id)

    def _on_output_ack(self, message):
        dispatch = self._dispatches.get(message["dispatchId"])
        if dispatch is not None:
            dispatch.log.acknowledged(message["offset"])
            self._ship(dispatch)

    # Running

    def _running(self):
        return {id: one for id, one in self._dispatches.items() if one.result is None}

    def _task_of(self, id, dispatch):
        def write(stream, text):
            dispatch.log.write(stream, text)
            self._ship(dispatch)

        def started(pid):
            dispatch.process_id, dispatch.started_at = pid, now_ms()
            self._journal.note_process(id, pid)
            self._say_started(dispatch)

        return ShellTask(dispatch.order, self._journal.work_dir(id), write, started)

    async def _carry_out(self, id, dispatch):
        try:
            end = await dispatch.task.run()
        except Exception as error:  # A defect of this worker must not keep the task running for ever.
            log.exception("A task could not be carried out.")
            end = {"state": "failure", "error": f"the worker failed: {error}"}
        self._end(id, dispatch, end)

    def _say_started(self, dispatch):
        if dispatch.started_at is not None and dispatch.result is None:
            id, pid = dispatch.order["dispatchId"], dispatch.process_id
            self._say({"type": "started", "dispatchId": id, "processId": pid, "at": dispatch.started_at, "logPath": None})

    def _end(self, id, dispatch, end):
        """The result is on disk before it is sent (P4). A disk that is full is waited for: the result must not be lost."""
        result = result_of(id, dispatch.epoch, started_at=dispatch.started_at, **end)
        try:
            self._journal.end(id, result)
        except OSError as error:
            log.error("A result cannot be written, trying again: %s", error)
            asyncio.get_running_loop().call_later(1, self._end, id, dispatch, end)
            return
        dispatch.result = result
        self._ship(dispatch)
        if not self._running():
            self._idle.set()
        if self._draining:
            self._say_how_it_stands()

    def _ship(self, dispatch):
        """Sends what there is of the log and, when all of it is sent, the result."""
        if not self._connection.is_open:
            return
        while piece := dispatch.log.next_piece():
            offset, stream, text = piece
            id = dispatch.order["dispatchId"]
            self._say({"type": "output", "dispatchId": id, "stream": stream, "offset": offset, "text": text})
        if dispatch.result is not None and dispatch.log.is_sent:
            # The epoch may have changed since it was written down.
            self._say({**dispatch.result, "epoch": dispatch.epoch, "logBytes": dispatch.log.length})

    def _take_up_what_is_left(self):
        """Of a process of this worker that was killed: results are sent, and what ran is ended and said to be lost."""
        for id, (order, result, process) in self._journal.left_over().items():
            dispatch = self._dispatches[id] = Dispatch(order, (result or order)["epoch"])
            self._highest_epoch = max(self._highest_epoch, dispatch.epoch)
            if result is not None:
                dispatch.result = result
                continue
            if process and process["began"] is not None and began_at(process["pid"]) == process["began"]:
                os.killpg(process["pid"], signal.SIGKILL)
            self._end(id, dispatch, {"state": "lost", "error": "its worker was killed and started again"})


def result_of(id, epoch, *, state, error=None, started_at=None, exitCode=None, signal=None, outputs=None):
    return {
        "type": "result",
        "dispatchId": id,
        "epoch": epoch,
        "state": state,
        "exitCode": exitCode,
        "signal": signal,
        "outputs": outputs or {},
        "startedAt": started_at,
        "endedAt": now_ms(),
        "logBytes": 0,
        "error": error,
        "applicationIds": [],
        "oom": False,
    }
