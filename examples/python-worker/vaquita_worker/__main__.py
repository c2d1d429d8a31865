"""`python3 -m vaquita_worker --server http://host:port`, with the token in VAQUITA_WORKER_TOKEN."""

import argparse
import asyncio
import fcntl
import logging
import os
import signal
import socket
import sys
from pathlib import Path

from .connection import Rejected, socket_url
from .journal import Journal
from .worker import Worker


def read_options(arguments):
    parser = argparse.ArgumentParser(prog="vaquita_worker", description="A Vaquita worker that runs shell tasks.")
    parser.add_argument("--server", required=True, help="address of the server, such as http://127.0.0.1:8080")
    parser.add_argument("--token", help="worker token; better in VAQUITA_WORKER_TOKEN, where others do not see it")
    parser.add_argument("--name", default=socket.gethostname())
    parser.add_argument("--group", dest="groups", action="append", help="may be given several times; default: default")
    parser.add_argument("--label", dest="labels", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--weight", type=float, default=1)
    parser.add_argument("--slots", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--heartbeat", dest="heartbeat_s", type=seconds, default=10, help="such as 10s or 500ms")
    parser.add_argument("--grace", dest="grace_s", type=seconds, default=30, help="for running tasks when it is told to stop")
    parser.add_argument("--work-dir", default="vaquita-python-worker")
    options = parser.parse_args(arguments)
    options.token = options.token or os.environ.get("VAQUITA_WORKER_TOKEN")
    if not options.token:
        parser.error("There is no token. Make one with `vaquita worker-token create --name <name>`, and give it in VAQUITA_WORKER_TOKEN.")
    if options.slots < 1:
        parser.error("--slots must be at least 1")
    options.groups = options.groups or ["default"]
    try:
        options.labels = dict(label.split("=", 1) for label in options.labels)
    except ValueError:
        parser.error("--label must be NAME=VALUE")
    try:
        socket_url(options.server)
    except ValueError as error:
        parser.error(str(error))
    return options


def seconds(text):
    for unit, factor in (("ms", 0.001), ("s", 1), ("m", 60)):
        if text.endswith(unit) and text[: -len(unit)].isdigit():
            return int(text[: -len(unit)]) * factor
    raise argparse.ArgumentTypeError(f"{text} is not a duration such as 500ms, 10s or 2m")


async def run(options):
    worker = Worker(options, Journal(options.work_dir))
    loop = asyncio.get_running_loop()
    asked = []

    def stop():
        asked.append(asyncio.create_task(worker.stop(0 if asked else options.grace_s)))

    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, stop)
    await worker.run()
    for task in asked:
        task.cancel()


def main():
    options = read_options(sys.argv[1:])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    work_dir = Path(options.work_dir).resolve()
    work_dir.mkdir(parents=True, exist_ok=True)
    options.work_dir = work_dir
    with (work_dir / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print(f"Another worker uses {work_dir}: stop it, or give --work-dir.", file=sys.stderr)
            return 5
        try:
            asyncio.run(run(options))
        except Rejected as rejected:
            print(f"The server does not take this worker. {rejected}", file=sys.stderr)
            return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
