"""Draws a flame graph (SVG, no script) of what ``perf script`` prints: who called whom, as wide as the share of samples.

    perf record -e cpu-clock -F 1999 -g -p PID -o perf.data -- sleep 10
    perf script -i perf.data -F comm,ip,sym,dso | python3 Benchmarks/flame.py --title "..." >flame.svg"""

import argparse
import html
import re
import subprocess
import sys
import zlib

FRAME = re.compile(r"\s*[0-9a-f]+ (.*) \(([^()]*)\)$")
WIDTH, ROW, LEFT, TOP = 1200, 15, 10, 46
FAMILIES = (
    ("kernel", "#b9a7d6", lambda dso: "kernel" in dso or "vdso" in dso),
    ("SQLite", "#8fc7a4", lambda dso: "sqlite" in dso),
    ("curl", "#e3b67c", lambda dso: "curl" in dso),
    ("C library, allocator", "#c9c9c9", lambda dso: "libc.so" in dso or "ld-linux" in dso),
    ("Swift's runtime", "#f0a58f", lambda dso: "libswift" in dso or "libdispatch" in dso or "Foundation" in dso),
    ("verify-courier", "#8db9e8", lambda dso: "verify-courier" in dso),
    ("other", "#dddddd", lambda dso: True),
)

"""What Linux shows of the threads' names."""
THREADS = {
    "-qos.overcommit": "the store's writer", "oot.default-qos": "tasks (cooperative pool)", "amqp": "AMQP", "curl": "curl"}


class Frame:
    def __init__(self):
        self.samples, self.inner = 0, {}

    def add(self, stack):
        self.samples += 1
        if stack:
            self.inner.setdefault(stack[0], Frame()).add(stack[1:])


def family(dso):
    return next(name for name, _, fits in FAMILIES if fits(dso))


def stacks(lines):
    """A sample's frames from the thread inwards, each (symbol, family)."""
    thread, frames = "", []
    for line in lines:
        line = line.rstrip()
        if not line:
            if frames:
                yield [(thread, "other"), *reversed(frames)]
            frames = []
        elif line[0] in " \t":
            found = FRAME.match(line)
            # Frames without a name say nothing and break what belongs together into pieces.
            if found and found[1] != "[unknown]":
                frames.append((found[1].split("+0x")[0], family(found[2])))
        else:
            name = re.sub(r"\s+\d*$", "", line).strip()
            thread = THREADS.get(name, name)
    if frames:
        yield [(thread, "other"), *reversed(frames)]


def demangled(names):
    names = sorted(names)
    done = subprocess.run(
        ["swift", "demangle", "--simplified"], input="\n".join(names), capture_output=True, text=True, check=False)
    told = done.stdout.splitlines()
    return dict(zip(names, told)) if len(told) == len(names) else {name: name for name in names}


def rows(root, least):
    """(depth, left, samples, name, family) of all frames that are wide enough."""
    queue = [(0, 0, "all", "other", root)]
    while queue:
        depth, left, name, kind, frame = queue.pop()
        yield depth, left, frame.samples, name, kind
        for (inner, inner_kind), child in sorted(frame.inner.items()):
            if child.samples >= least:
                queue.append((depth + 1, left, inner, inner_kind, child))
            left += child.samples


def drawing(root, title, least_share):
    shown = list(rows(root, max(1, root.samples * least_share)))
    names = demangled({name for _, _, _, name, _ in shown})
    depth = max(row[0] for row in shown)
    height = TOP + (depth + 1) * ROW + 14
    scale = (WIDTH - 2 * LEFT) / root.samples
    colours = {name: colour for name, colour, _ in FAMILIES}
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
           f'font-size="10" role="img"><title>{html.escape(title)}</title><rect width="100%" height="100%" fill="#fff"/>')
    yield f'<text x="{LEFT}" y="18" font-size="14">{html.escape(title)}</text>'
    for number, (name, colour, _) in enumerate(FAMILIES):
        left = LEFT + number * 150
        yield f'<rect x="{left}" y="26" width="10" height="10" fill="{colour}"/><text x="{left + 14}" y="35">{name}</text>'
    for row, left, samples, name, kind in shown:
        x, y, width = LEFT + left * scale, height - 14 - (row + 1) * ROW, samples * scale
        text, share = names[name], 100 * samples / root.samples
        # A little lighter or darker, so that neighbours can be told apart.
        shade = 0.82 + zlib.crc32(name.encode()) % 18 / 100
        letters = int(width / 5.4)
        label = "" if letters < 4 else text if len(text) <= letters else text[:letters - 1] + "…"
        yield (f'<g><title>{html.escape(text)}: {share:.2f} %</title><rect x="{x:.1f}" y="{y}" width="{max(width - 0.4, 0.1):.1f}" '
               f'height="{ROW - 1}" fill="{colours[kind]}" fill-opacity="{shade:.2f}"/>'
               + (f'<text x="{x + 2:.1f}" y="{y + 11}">{html.escape(label)}</text>' if label else "") + "</g>")
    yield "</svg>"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--title", required=True)
    parser.add_argument("--least", type=float, default=0.004, help="share of all samples below which a frame is left out")
    chosen = parser.parse_args()
    root = Frame()
    for stack in stacks(sys.stdin):
        root.add(stack)
    if not root.samples:
        return "there is no sample in what came"
    print("\n".join(drawing(root, chosen.title, chosen.least)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
