"""How busy this machine is, for heartbeats. What the platform does not tell is None."""

import os
import shutil


class HostMeter:
    def __init__(self, folder):
        self._folder = folder
        self._before = cpu_times()

    def read(self):
        now, before = cpu_times(), self._before
        self._before = now
        cpu = None
        if now and before and now[1] > before[1]:
            cpu = fraction((now[0] - before[0]) / (now[1] - before[1]))
        usage = shutil.disk_usage(self._folder)
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0
        return {"cpu": cpu, "memory": memory_used(), "disk": fraction(usage.used / usage.total), "load": load}


def cpu_times():
    """(busy, all) of all processors."""
    try:
        with open("/proc/stat") as file:
            times = [int(field) for field in file.readline().split()[1:9]]
    except (OSError, ValueError):
        return None
    return sum(times) - times[3] - times[4], sum(times)


def memory_used():
    try:
        with open("/proc/meminfo") as file:
            lines = dict(line.split(":", 1) for line in file)
        total, free = (int(lines[name].split()[0]) for name in ("MemTotal", "MemAvailable"))
    except (OSError, ValueError, KeyError):
        return None
    return fraction(1 - free / total)


def fraction(value):
    return min(1, max(0, value))
