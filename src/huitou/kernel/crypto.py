"""Secrets of one installation: a ring of encryption keys and one blind-index key.

``keys/master.key`` (mode 0600) or ``HUITOU_MASTER_KEY`` holds JSON
``{"active": 2, "keys": {"1": b64, "2": b64}, "index": b64}``. Encryption keys rotate (``key_id`` is
stored beside every ciphertext); the index key does not, because identities are compared by it.

- ``seal``/``unseal``: AES-256-GCM, 12-byte random nonce + ciphertext + tag; ``context`` is
  authenticated, so that a ciphertext copied to another record does not open.
- ``blind``: first 16 bytes of HMAC-SHA256(index key, kind NUL scope NUL value).
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from huitou.kernel.errors import HuitouError, Unavailable
from huitou.kernel.home import Home, write_private
from huitou.kernel.i18n import Text

ENV = "HUITOU_MASTER_KEY"
NONCE_BYTES = 12
BLIND_BYTES = 16


class Tampered(HuitouError):
    """A ciphertext does not open: wrong key, wrong record, or changed bytes."""

    status = 500
    code = "tampered"


@dataclass(frozen=True)
class KeyRing:
    """Encryption keys by id, the active id, and the blind-index key."""

    active: int
    keys: Mapping[int, bytes]
    index: bytes

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Encrypt under the active key. Returns nonce + ciphertext + tag."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.keys[self.active]).encrypt(nonce, plain, context)

    def unseal(self, sealed: bytes, context: bytes, key_id: int) -> bytes:
        """Decrypt what ``seal`` made under ``key_id``. Raises ``Tampered``."""
        key = self.keys.get(key_id)
        if key is None:
            raise Tampered(
                Text(f"缺少编号 {key_id} 的密钥", f"Encryption key {key_id} is missing"),
                remedy=Text(
                    "从备份恢复 keys/master.key", "Restore keys/master.key from the backup"
                ),
            )
        try:
            return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
        except InvalidTag:
            raise Tampered(
                Text("密文无法解开", "A ciphertext does not open"),
                remedy=Text(
                    "核对主密钥是否属于这份数据", "Check that the master key belongs to this data"
                ),
            ) from None

    def blind(self, kind: str, scope: str, value: str) -> bytes:
        """Keyed hash (16 bytes) by which equal values are found without being stored."""
        message = b"\0".join((kind.encode(), scope.encode(), value.encode()))
        return hmac.digest(self.index, message, "sha256")[:BLIND_BYTES]

    def with_new_key(self) -> KeyRing:
        """The ring with one more key, which is now the active one."""
        new = max(self.keys) + 1
        return KeyRing(new, {**self.keys, new: AESGCM.generate_key(256)}, self.index)

    def without(self, *retired: int) -> KeyRing:
        """The ring without some keys."""
        kept = {number: key for number, key in self.keys.items() if number not in retired}
        return KeyRing(self.active, kept, self.index)

    def dumps(self) -> bytes:
        """The ring as it is kept in the key file."""
        return json.dumps(
            {
                "active": self.active,
                "keys": {str(n): base64.b64encode(k).decode() for n, k in self.keys.items()},
                "index": base64.b64encode(self.index).decode(),
            },
            indent=1,
        ).encode()

    @classmethod
    def loads(cls, text: bytes) -> KeyRing:
        raw = json.loads(text)
        keys = {int(n): base64.b64decode(k) for n, k in raw["keys"].items()}
        return cls(int(raw["active"]), keys, base64.b64decode(raw["index"]))

    @classmethod
    def generate(cls) -> KeyRing:
        return cls(1, {1: AESGCM.generate_key(256)}, os.urandom(32))


def key_path(home: Home) -> Path:
    return home.keys / "master.key"


def load_key_ring(home: Home, *, create: bool = False) -> KeyRing:
    """The installation's ring from the environment or the 0600 file; made on first start if asked."""
    from_environment = os.environ.get(ENV)
    if from_environment:
        return KeyRing.loads(from_environment.encode())
    path = key_path(home)
    if not path.exists():
        if not create:
            raise Unavailable(
                Text(f"没有主密钥：{path}", f"There is no master key: {path}"),
                remedy=Text(
                    "先运行 huitou serve 初始化，或从备份恢复该文件",
                    "Run huitou serve once to initialise, or restore the file from a backup",
                ),
            )
        home.prepare()
        write_private(path, KeyRing.generate().dumps())
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Unavailable(
            Text(
                f"主密钥文件权限过宽：{path}", f"The master key file is readable by others: {path}"
            ),
            remedy=Text(f"运行 chmod 600 {path}", f"Run chmod 600 {path}"),
        )
    return KeyRing.loads(path.read_bytes())


def replace_key_ring(home: Home, ring: KeyRing) -> None:
    """Put a changed ring in place of the old one, atomically."""
    path = key_path(home)
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    write_private(temporary, ring.dumps())
    temporary.replace(path)
