"""How large the frames of a program's asynchronous functions are. Swift keeps a record of eight bytes for each, whose symbol
ends in "Tu": where the function begins, and how many bytes its frame needs."""

import re
import struct
import subprocess


def segments(data):
    """(address, size, offset) of what is loaded of an ELF file of 64 bits."""
    start, = struct.unpack_from("<Q", data, 32)
    size, number = struct.unpack_from("<HH", data, 54)
    for i in range(number):
        kind, _, offset, address, _, in_file, _, _ = struct.unpack_from("<IIQQQQQQ", data, start + i * size)
        if kind == 1:
            yield address, in_file, offset


def largest(program, modules, most):
    """(bytes, function) of the largest frames of these modules."""
    symbols = subprocess.run(["nm", program], check=True, capture_output=True, text=True).stdout
    ours = re.compile(r"^([0-9a-f]{16}) \S (\$s(?:%s)\S*)Tu$" % "|".join(f"{len(name)}{name}" for name in modules), re.M)
    with open(program, "rb") as file:
        data = file.read()
    loaded = list(segments(data))
    found = []
    for address, name in ours.findall(symbols):
        at = int(address, 16)
        for begin, size, offset in loaded:
            if begin <= at < begin + size:
                found.append((struct.unpack_from("<I", data, offset + at - begin + 4)[0], name))
    found = sorted(set(found), reverse=True)[:most]
    names = "\n".join(name for _, name in found)
    readable = subprocess.run(
        ["swift-demangle", "--simplified", "--compact"], input=names, check=True, capture_output=True, text=True).stdout
    return [(size, name) for (size, _), name in zip(found, readable.splitlines())]
