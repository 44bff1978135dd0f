"""Reads the totals that counter.c keeps in a file, while the counted process runs on."""

import mmap
import struct

NAMES = ("statements", "prepares", "commits", "syncs", "allocations", "bytes", "large", "acks", "unnamed")
SLOTS, TEXT = 1024, 504
HEADER = struct.Struct(f"=8s{len(NAMES)}Q")
SLOT = struct.Struct(f"=Q{TEXT}s")
SIZE = HEADER.size + SLOTS * SLOT.size


class Counter:
    """A file that a process counts into already."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.memory = mmap.mmap(file.fileno(), SIZE, access=mmap.ACCESS_READ)
        if self.memory[:8] != b"counter1":
            raise SystemExit(f"no process counts into {path}")

    def totals(self):
        return dict(zip(NAMES, HEADER.unpack_from(self.memory)[1:]))

    def runs(self):
        """How often each statement ran, by its text."""
        slots = (SLOT.unpack_from(self.memory, HEADER.size + i * SLOT.size) for i in range(SLOTS))
        return {text.rstrip(b"\0").decode(errors="replace"): runs for runs, text in slots if runs}


def difference(later, earlier):
    return {name: later[name] - earlier.get(name, 0) for name in later}
