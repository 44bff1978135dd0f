"""What is read out of a store after a run: each value by its key, and at its place only."""

import base64
import json
import pathlib
import tempfile
import unittest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from seal import Keys, authenticated

KEY = bytes(range(32))
NONCE = bytes(12)


def keys(**more):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "store.db.key"
        path.write_text(json.dumps({"current": 2, "keys": {"2": base64.b64encode(KEY).decode()}, **more}))
        return Keys(path)


def sealed(plain, place=b""):
    return b"\x02" + NONCE + AESGCM(Keys._derived(KEY)).encrypt(NONCE, plain, b"\x02" + place)


class Sealed(unittest.TestCase):
    def test_a_bound_value_opens_at_its_place_only(self):
        opening = keys(version=2, binding_from=0)
        value = sealed(b"{}", authenticated("job", "reply", "portal", "m-1"))
        self.assertEqual(opening.open(value, "job", "reply", "portal", "m-1"), b"{}")
        for other in [("job", "reply", "portal", "m-2"), ("job", "call", "portal", "m-1"), ("jo", "breply", "portal", "m-1"),
                      ("job", "reply", "portalm", "-1"), ("job", "reply", "portal")]:
            with self.assertRaises(InvalidTag):
                opening.open(value, *other)

    def test_a_value_of_an_older_key_is_bound_to_none(self):
        for older in [keys(version=1), keys(version=2, binding_from=3)]:
            self.assertEqual(older.open(sealed(b"{}"), "job", "reply", "portal", "m-1"), b"{}")
        with self.assertRaises(InvalidTag):
            keys(version=2, binding_from=2).open(sealed(b"{}"), "job", "reply", "portal", "m-1")

    def test_the_place_is_written_as_the_workers_write_it(self):
        self.assertEqual(authenticated("user", "phone", "ä"), b"\0\0\0\x04user\0\0\0\x05phone\0\0\0\x02\xc3\xa4")
        self.assertEqual(authenticated("t", "c", 12), b"\0\0\0\x01t\0\0\0\x01c\0\0\0\x0212")

    def test_no_reply_yet_is_nothing(self):
        self.assertEqual(keys(version=2, binding_from=0).open(b"", "job", "reply", "portal", "m-1"), b"")


if __name__ == "__main__":
    unittest.main()
