"""Opens what the store has sealed, by the description in docs/architecture.md alone: key id, nonce, ciphertext, tag; and a
key that binds what it seals to its place opens it only there."""

import base64
import json

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12


def authenticated(table, column, *key):
    """A place: each text behind its length in bytes."""
    texts = [text.encode() for text in (table, column, *map(str, key))]
    return b"".join(len(text).to_bytes(4, "big") + text for text in texts)


class Keys:
    def __init__(self, path):
        content = json.loads(path.read_text())
        self._ciphers = {int(id): AESGCM(self._derived(base64.b64decode(text)))
                         for id, text in content["keys"].items()}
        self._binding_from = content.get("binding_from", 256)

    @staticmethod
    def _derived(key):
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"verify-courier sealing").derive(key)

    def open(self, sealed, table, column, *key):
        """Nothing is sealed as nothing: a job has no reply before it has an outcome."""
        if not sealed:
            return sealed
        place = authenticated(table, column, *key) if sealed[0] >= self._binding_from else b""
        return self._ciphers[sealed[0]].decrypt(sealed[1:1 + NONCE], sealed[1 + NONCE:], sealed[:1] + place)
