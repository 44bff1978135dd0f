import unittest

import flame

SCRIPT = """curl 7
\t  1f2 inner+0x10 (/usr/lib/libcurl.so.4)
\t  1f3 [unknown] (/usr/lib/libc.so.6)
\t  1f4 outer (/opt/verify-courier)

curl 7
\t  1f4 outer (/opt/verify-courier)

amqp
\t  1f5 poll ([kernel.kallsyms])
"""


class FlameTests(unittest.TestCase):
    def test_stacks_run_from_the_thread_inwards_without_nameless_frames(self):
        found = list(flame.stacks(SCRIPT.splitlines()))
        self.assertEqual(found, [
            [("curl", "other"), ("outer", "verify-courier"), ("inner", "curl")],
            [("curl", "other"), ("outer", "verify-courier")],
            [("AMQP", "other"), ("poll", "kernel")]])

    def test_a_frame_is_as_wide_as_its_share_and_within_its_caller(self):
        root = flame.Frame()
        for stack in flame.stacks(SCRIPT.splitlines()):
            root.add(stack)
        rows = {name: (depth, left, samples) for depth, left, samples, name, _ in flame.rows(root, 1)}
        self.assertEqual(rows["all"], (0, 0, 3))
        self.assertEqual(rows["AMQP"], (1, 0, 1))
        self.assertEqual(rows["curl"], (1, 1, 2))
        self.assertEqual(rows["outer"], (2, 1, 2))
        self.assertEqual(rows["inner"], (3, 1, 1))

    def test_narrow_frames_are_left_out(self):
        root = flame.Frame()
        for stack in flame.stacks(SCRIPT.splitlines()):
            root.add(stack)
        self.assertEqual({row[3] for row in flame.rows(root, 2)}, {"all", "curl", "outer"})

    def test_names_are_written_as_text(self):
        root = flame.Frame()
        root.add([("a<b>&", "other")])
        self.assertIn("a&lt;b&gt;&amp;", "".join(flame.drawing(root, "t", 0)))


if __name__ == "__main__":
    unittest.main()
