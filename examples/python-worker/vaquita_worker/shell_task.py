"""Runs one shell script in a process group of its own."""

import asyncio
import codecs
import os
import re
import signal

from .outputs import OutputError, Outputs

SHELLS = ("/bin/bash", "/usr/bin/bash", "/bin/sh")
TIMEOUT_GRACE_S = 5
READ_BYTES = 65_536
MAX_VARIABLE_BYTES = 131_071


class CannotRun(Exception):
    """The task fails before it begins, with this text."""


def variable_name(name):
    """`system.biz.date` → `system_biz_date`; a name that starts with a digit gets a `_` in front."""
    mapped = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return f"_{mapped}" if mapped[:1].isdigit() else mapped


def environment_of(order):
    """The worker's own variables without its secrets, those of the task, and its parameters: nothing is put into the script."""
    env = {name: value for name, value in os.environ.items() if not name.upper().startswith("VAQUITA_")}
    env.update(order["environment"])
    exact_last = sorted(order["params"].items(), key=lambda item: variable_name(item[0]) == item[0])
    for name, value in exact_last:
        variable = variable_name(name)
        if "\0" in value or len(f"{variable}={value}".encode()) > MAX_VARIABLE_BYTES:
            raise CannotRun(f'The parameter "{name}" is too large, or not fit, for an environment variable. Pass it as a file.')
        env[variable] = value
    return env


class ShellTask:
    """`write(stream, text)` takes the log, `started(pid)` is called when the script runs."""

    def __init__(self, order, work_dir, write, started):
        self._order = order
        self._work_dir = work_dir
        self._write = write
        self._started = started
        self._process = None
        self._stopped = None
        self._stop_timer = None

    async def run(self):
        """How it ended: the fields of a `result` that are the task's own."""
        timeout = None
        try:
            end = {"exitCode": None, "signal": None, "outputs": {}}
            try:
                if self._stopped is None:
                    await self._start()
                    limit = self._order.get("timeoutMs")
                    if limit is not None:
                        loop = asyncio.get_running_loop()
                        text = f"the timeout of {limit} ms has passed"
                        timeout = loop.call_later(limit / 1000, self.stop, "timeout", text, TIMEOUT_GRACE_S)
                    outputs = await self._follow()
            except (CannotRun, OSError) as error:
                return {**end, "state": "failure", "error": str(error)}
            code = self._process.returncode if self._process else None
            if code is not None and code < 0:
                end["signal"] = signal.Signals(-code).name
            else:
                end["exitCode"] = code
            if self._stopped:
                state, text = self._stopped
                return {**end, "state": state, "error": text}
            if code != 0:
                how = f"with exit code {code}" if code > 0 else f"by the signal {end['signal']}"
                return {**end, "state": "failure", "error": f"it ended {how}"}
            try:
                return {**end, "state": "success", "outputs": outputs.finish(), "error": None}
            except OutputError as error:
                return {**end, "state": "failure", "error": str(error)}
        finally:
            for timer in (timeout, self._stop_timer):
                if timer:
                    timer.cancel()

    async def _start(self):
        if self._order.get("files") or any(output["type"] == "file" for output in self._order["outputs"]):
            raise CannotRun("This worker passes no files between tasks. Give the task to another group of workers.")
        script = self._order["config"].get("script")
        if not isinstance(script, str):
            raise CannotRun("The task has no script.")
        path = self._work_dir / "script.sh"
        path.write_text(script)
        shell = next((shell for shell in SHELLS if os.access(shell, os.X_OK)), SHELLS[-1])
        self._process = await asyncio.create_subprocess_exec(
            shell,
            str(path),
            cwd=self._work_dir,
            env={**environment_of(self._order), "system_task_execute_path": str(self._work_dir)},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        self._started(self._process.pid)

    async def _follow(self):
        outputs = Outputs(self._order["outputs"])
        readers = [
            asyncio.create_task(self._read("stdout", self._process.stdout, outputs)),
            asyncio.create_task(self._read("stderr", self._process.stderr, None)),
        ]
        await self._process.wait()
        # What the script left behind would hold the pipes open, and run on unseen.
        self._signal(signal.SIGKILL)
        await asyncio.gather(*readers)
        return outputs

    async def _read(self, stream, pipe, outputs):
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        line = ""
        while True:
            data = await pipe.read(READ_BYTES)
            text = decoder.decode(data, final=not data)
            if text:
                self._write(stream, text)
            if outputs is not None:
                *lines, line = (line + text).split("\n")
                for one in lines:
                    outputs.add_line(one)
            if not data:
                if outputs is not None and line:
                    outputs.add_line(line)
                return

    def stop(self, state, text, grace_s):
        """Ends it: politely, and by force after the grace. The first reason counts, a shorter grace too."""
        if self._stopped is None:
            self._stopped = (state, text)
            self._write("system", f"stopping: {text}\n")
        if self._stop_timer:
            self._stop_timer.cancel()
        self._signal(signal.SIGTERM)
        loop = asyncio.get_running_loop()
        self._stop_timer = loop.call_later(grace_s, self._signal, signal.SIGKILL)

    def _signal(self, what):
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, what)
        except ProcessLookupError:
            pass
