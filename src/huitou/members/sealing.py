"""From plain record sets to sealed ones: hashes to compare by, ciphertexts to show to a few.

Nothing of ``PLAIN`` leaves a ``Sealer`` unencrypted. Per chunk of rows only the distinct persons,
receivers and notes are cleaned and hashed, and each is encrypted once per file.

A vault record is found by ``ref`` (16 bytes):

- account: the keyed hash of the row's best strong identity, which is also that identity's hash in
  the warehouse; of the whole content where the row has none.
- receiver, note: the keyed hash of the content.

An account seen with different content (a new phone, a name that another export leaves out) yields
one immutable record per content, told apart by ``digest``, with the greatest time at which it was
seen. The reader takes, per field, the newest that is not empty. So the order of files and of rows
is of no consequence, and the vault never has to open a record to add one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from json.encoder import encode_basestring
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from huitou.kernel.crypto import NONCE_BYTES, KeyRing
from huitou.members import normal
from huitou.members.identities import Blinder, Identifier, Key, ShopLike
from huitou.members.keys import WEAK_RANK

PERSON: Final[dict[str, str]] = {
    # column of any record set → field of the account's vault record
    "buyer_nick": "nick",
    "buyer_alipay": "alipay",
    "buyer_name": "name",
    "buyer_phone": "phone",
    "buyer_email": "email",
    "nick": "nick",
    "name": "name",
    "phone": "phone",
    "email": "email",
    "address": "address",
    "note": "note",
    "card_no": "card_no",
    "customer_no": "customer_no",
    "ouid": "ouid",
    "omid": "omid",
    "unionid": "unionid",
    "open_id": "open_id",
    "wecom_id": "wecom_id",
}
RECEIVER: Final = {
    "receiver_name": "name",
    "receiver_phone": "phone",
    "receiver_address": "address",
}
NOTE: Final = {"buyer_message": "buyer_message", "seller_memo": "seller_memo"}
PLAIN: Final = frozenset({*PERSON, *RECEIVER, *NOTE})
"""Every personal column that a record set may bring."""

DIGEST_BYTES: Final = 8
CONTENT_DIGEST: Final = bytes(DIGEST_BYTES)
"""The digest of records whose ref is already the hash of their content."""

TIME: Final = pa.timestamp("us")
KEYS: Final = pa.schema(
    {
        "record_set": pa.string(),
        "row_no": pa.int64(),
        "kind": pa.string(),
        "scope": pa.string(),
        "hash": pa.binary(),
        "strength": pa.string(),
        "rank": pa.int16(),
        "first_seen_at": TIME,
        "shop": pa.int32(),
    }.items()
)
SECRETS: Final = pa.schema(
    {
        "ref": pa.binary(),
        "digest": pa.binary(),
        "kind": pa.string(),  # account | receiver | note
        "key_id": pa.int16(),  # NULL with `body`: already sealed in this file, and seen later again
        "body": pa.binary(),
        "seen_at": TIME,
    }.items()
)

_SEPARATOR: Final = "\x1f"
_UNSEEN: Final = int(np.iinfo(np.int64).min)
_UNDATED: Final = _UNSEEN + 1
_MAX_KNOWN: Final = 500_000
Ints = npt.NDArray[np.int64]


class Sealed(NamedTuple):
    """A chunk of one record set: ``records`` has refs in place of personal columns."""

    records: pa.Table
    keys: pa.Table
    secrets: pa.Table


def context(kind: str, ref: bytes, digest: bytes) -> bytes:
    """What a vault record's ciphertext is bound to."""
    return b"vault:" + kind.encode() + b":" + ref + digest


def encode(cells: Mapping[str, str]) -> str:
    """A record's fields as JSON (three times as fast as ``json``); their order is the caller's."""
    return "{" + ",".join([f'"{name}":{encode_basestring(cells[name])}' for name in cells]) + "}"


@dataclass
class _Known:
    """The distinct persons, receivers or notes that this file has shown, by number."""

    kind: str
    numbers: dict[str, int] = field(default_factory=dict)  # joined cells → number, -1 for nobody
    refs: list[bytes] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    strong: list[tuple[Key, ...]] = field(default_factory=list)
    weak: list[tuple[Key, ...]] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)  # the time that was handed on, _UNSEEN before
    bodies: dict[int, str] = field(default_factory=dict)  # not sealed yet

    def add(
        self,
        body: str,
        ref: bytes,
        digest: bytes = CONTENT_DIGEST,
        strong: tuple[Key, ...] = (),
        weak: tuple[Key, ...] = (),
    ) -> int:
        number = len(self.refs)
        self.bodies[number] = body
        self.refs.append(ref)
        self.digests.append(digest)
        self.strong.append(strong)
        self.weak.append(weak)
        self.seen.append(_UNSEEN)
        return number


class Sealer:
    """Seals the record sets of one file of one shop, chunk after chunk.

    Memory is bounded: past half a million distinct values a cache starts anew, which costs repeated
    work and repeated records, never a different result.
    """

    def __init__(self, ring: KeyRing, shop: ShopLike) -> None:
        blinder = Blinder(ring.index)
        self._identify = Identifier(blinder, shop)
        self._account_content = blinder.within("content", "account")
        self._receiver_content = blinder.within("content", "receiver")
        self._note_content = blinder.within("content", "note")
        self._key_id = ring.active
        self._cipher = AESGCM(ring.keys[ring.active])
        self._persons = _Known("account")
        self._receivers = _Known("receiver")
        self._notes = _Known("note")
        self._pairs: set[int] = set()

    def seal_trades(self, batch: pa.RecordBatch | pa.Table) -> Sealed:
        """Trades: ``buyer_ref``, ``receiver_ref``, ``note_ref`` replace the personal columns."""
        self._forget()
        table = _table(batch)
        seen = _first_time(table, ("created_at", "paid_at", "version_at"))
        person_of = self._number(table, PERSON, self._persons, self._person)
        receiver_of = self._number(table, RECEIVER, self._receivers, self._receiver)
        note_of = self._number(table, NOTE, self._notes, self._note)
        records = (
            _without_plain(table)
            .append_column("buyer_ref", _refs(self._persons, person_of))
            .append_column("receiver_ref", _refs(self._receivers, receiver_of))
            .append_column("note_ref", _refs(self._notes, note_of))
        )
        secrets = [
            self._secrets(self._persons, person_of, seen),
            self._secrets(self._receivers, receiver_of, seen),
            self._secrets(self._notes, note_of, seen),
        ]
        keys = self._keys(table, "trades", person_of, receiver_of, seen)
        return Sealed(records, keys, pa.concat_tables(secrets))

    def seal_profiles(self, batch: pa.RecordBatch | pa.Table) -> Sealed:
        """Customer and member lists: ``profile_ref``; ``has_*`` derived where not given."""
        table = _table(batch)
        for flag, column, rule in (
            ("has_phone", "phone", normal.mobile),
            ("has_email", "email", normal.email),
            ("has_wecom", "wecom_id", normal.token),
        ):
            table = _with_flag(table, flag, column, rule)
        return self._seal_people(table, "profiles", "profile_ref", ("version_at", "joined_at"))

    def seal_reviews(self, batch: pa.RecordBatch | pa.Table) -> Sealed:
        """Reviews: no ref; phone numbers and e-mail addresses in the texts are masked."""
        table = _table(batch)
        for column in ("text", "append_text", "reply_text"):
            if column in table.column_names:
                place = table.column_names.index(column)
                scrubbed = normal.scrub(table[column].combine_chunks())
                table = table.set_column(place, column, scrubbed)
        return self._seal_people(table, "reviews", None, ("created_at", "version_at"))

    def seal_visits(self, batch: pa.RecordBatch | pa.Table) -> Sealed:
        """Visits: no ref."""
        return self._seal_people(_table(batch), "visits", None, ("occurred_at",))

    def _seal_people(
        self, table: pa.Table, record_set: str, ref_column: str | None, times: Iterable[str]
    ) -> Sealed:
        self._forget()
        seen = _first_time(table, times)
        person_of = self._number(table, PERSON, self._persons, self._person)
        records = _without_plain(table)
        if ref_column:
            records = records.append_column(ref_column, _refs(self._persons, person_of))
        nobody = np.full(table.num_rows, -1, np.int64)
        keys = self._keys(table, record_set, person_of, nobody, seen)
        return Sealed(records, keys, self._secrets(self._persons, person_of, seen))

    def _forget(self) -> None:
        """Start caches anew that have grown too large; only between chunks."""
        if len(self._persons.numbers) > _MAX_KNOWN or len(self._receivers.numbers) > _MAX_KNOWN:
            self._persons = _Known("account")
            self._receivers = _Known("receiver")
            self._pairs.clear()
        if len(self._notes.numbers) > _MAX_KNOWN // 5:
            self._notes = _Known("note")

    def _number(
        self,
        table: pa.Table,
        columns: Mapping[str, str],
        known: _Known,
        learn: Callable[[dict[str, str]], int],
    ) -> Ints:
        """Per row the number of its person, receiver or note in ``known``; -1 where it has none."""
        # In the order of the fields, so that equal content is equal text.
        present = [
            name
            for name in sorted(columns, key=columns.__getitem__)
            if name in table.column_names and table[name].null_count < table.num_rows
        ]
        if not present:
            return np.full(table.num_rows, -1, np.int64)
        texts = [pc.fill_null(table[name].cast(pa.string()), "") for name in present]
        joined = pc.binary_join_element_wise(*texts, _SEPARATOR).combine_chunks()
        encoded = joined.dictionary_encode()
        fields = [columns[name] for name in present]
        # Chunks of one file differ in which columns are empty: the columns take part in the key.
        prefix = ",".join(fields) + "\x1e"
        numbers = np.empty(len(encoded.dictionary), np.int64)
        for place, text in enumerate(encoded.dictionary.to_pylist()):
            number = known.numbers.get(prefix + text)
            if number is None:
                cells = {
                    name: cell
                    for name, raw in zip(fields, text.split(_SEPARATOR), strict=False)
                    if raw and (cell := normal.clean(raw)) and not normal.is_ciphertext(cell)
                }
                number = known.numbers[prefix + text] = learn(cells) if cells else -1
            numbers[place] = number
        return np.asarray(numbers[encoded.indices.to_numpy()], np.int64)

    def _person(self, cells: dict[str, str]) -> int:
        strong, weak = self._identify.of_person(cells)
        body = encode(cells)
        content = self._account_content(body)
        if not strong:
            return self._persons.add(body, content, weak=weak)
        return self._persons.add(body, strong[0][1], content[:DIGEST_BYTES], strong, weak)

    def _receiver(self, cells: dict[str, str]) -> int:
        body = encode(cells)
        weak = self._identify.of_receiver(cells)
        return self._receivers.add(body, self._receiver_content(body), weak=weak)

    def _note(self, cells: dict[str, str]) -> int:
        body = encode(cells)
        return self._notes.add(body, self._note_content(body))

    def _secrets(self, known: _Known, number_of: Ints, seen: Ints) -> pa.Table:
        """Records new to this file; for accounts seen again at a later time, the bare time."""
        is_account = known.kind == "account"
        fresh: list[int] = []
        touched: list[int] = []
        for number, at in zip(*_latest(number_of, seen), strict=True):
            if known.seen[number] == _UNSEEN:
                fresh.append(number)
            elif is_account and at > known.seen[number]:
                touched.append(number)
            else:
                continue
            known.seen[number] = at
        nonces = os.urandom(NONCE_BYTES * len(fresh))
        bodies: list[bytes | None] = []
        for place, number in enumerate(fresh):
            nonce = nonces[NONCE_BYTES * place : NONCE_BYTES * (place + 1)]
            bound = context(known.kind, known.refs[number], known.digests[number])
            body = known.bodies.pop(number).encode()
            bodies.append(nonce + self._cipher.encrypt(nonce, body, bound))
        rows = [*fresh, *touched]
        times = np.array([known.seen[number] for number in rows], np.int64)
        key_ids = [self._key_id] * len(fresh) + [None] * len(touched)
        bodies += [None] * len(touched)
        return pa.table(
            [
                pa.array([known.refs[number] for number in rows], pa.binary()),
                pa.array([known.digests[number] for number in rows], pa.binary()),
                pa.repeat(pa.scalar(known.kind), len(rows)),
                pa.array(key_ids, pa.int16()),
                pa.array(bodies, pa.binary()),
                _instants(times),
            ],
            schema=SECRETS,
        )

    def _keys(
        self, table: pa.Table, record_set: str, person_of: Ints, receiver_of: Ints, seen: Ints
    ) -> pa.Table:
        """Strong identities of every row; weak ones once per person and receiver of the file."""
        persons = self._persons
        numbers = np.unique(person_of)
        strong = [persons.strong[n] if n >= 0 else () for n in numbers.tolist()]
        flat = [key for keys in strong for key in keys]
        counts = np.array([len(keys) for keys in strong], np.int64)
        places = np.searchsorted(numbers, person_of)
        rows, key_index = _expand(places, counts)
        named = np.flatnonzero(counts[places] > 0)
        weak_rows, weak = self._weak(named, person_of, receiver_of)
        all_rows = np.concatenate([rows, weak_rows])
        all_keys = np.concatenate([key_index, np.arange(len(weak)) + len(flat)])
        described = _describe([*flat, *weak]).take(pa.array(all_keys)).combine_chunks()
        shop = pa.nulls(len(all_rows), pa.int32())
        if "shop" in table.column_names:
            shop = table["shop"].combine_chunks().take(pa.array(all_rows)).cast(pa.int32())
        columns = {
            "record_set": pa.repeat(pa.scalar(record_set), len(all_rows)),
            "row_no": pa.array(table["row_no"].to_numpy()[all_rows], pa.int64()),
            "first_seen_at": _instants(seen[all_rows]),
            "shop": shop,
            **{name: described[name] for name in described.column_names},
        }
        return pa.table([columns[name] for name in KEYS.names], schema=KEYS)

    def _weak(self, rows: Ints, person_of: Ints, receiver_of: Ints) -> tuple[Ints, list[Key]]:
        pairs = person_of[rows] * (2**32) + (receiver_of[rows] + 1)
        distinct, first = np.unique(pairs, return_index=True)
        at: list[int] = []
        keys: list[Key] = []
        for pair, row in zip(distinct.tolist(), rows[first].tolist(), strict=True):
            if pair in self._pairs:
                continue
            self._pairs.add(pair)
            weak = self._persons.weak[person_of[row]]
            if receiver_of[row] >= 0:
                of_receiver = self._receivers.weak[receiver_of[row]]
                weak = (*weak, *(key for key in of_receiver if key not in weak))
            at.extend([row] * len(weak))
            keys.extend(weak)
        if len(self._pairs) > 4 * _MAX_KNOWN:
            self._pairs.clear()
        return np.array(at, np.int64), keys


def _table(batch: pa.RecordBatch | pa.Table) -> pa.Table:
    if isinstance(batch, pa.RecordBatch):
        return pa.Table.from_batches([batch])
    return batch.combine_chunks()


def _without_plain(table: pa.Table) -> pa.Table:
    return table.drop_columns([name for name in table.column_names if name in PLAIN])


def _first_time(table: pa.Table, columns: Iterable[str]) -> Ints:
    """Per row the first of the columns that has a value, as microseconds; else ``_UNDATED``."""
    present = [table[name].cast(TIME) for name in columns if name in table.column_names]
    if not present:
        return np.full(table.num_rows, _UNDATED, np.int64)
    micros = pc.coalesce(*present).cast(pa.int64())
    return np.asarray(pc.fill_null(micros, _UNDATED).to_numpy(), np.int64)


def _instants(micros: Ints) -> pa.Array:
    return pa.array(micros, pa.int64(), mask=micros <= _UNDATED).cast(TIME)


def _with_flag(
    table: pa.Table, flag: str, column: str, rule: Callable[[str | None], str | None]
) -> pa.Table:
    if column not in table.column_names:
        return table
    encoded = table[column].cast(pa.string()).combine_chunks().dictionary_encode()
    holds = pa.array(
        [rule(text) is not None for text in encoded.dictionary.to_pylist()], pa.bool_()
    )
    derived = holds.take(encoded.indices)
    if flag not in table.column_names:
        return table.append_column(flag, derived)
    given = table[flag].combine_chunks().cast(pa.bool_())
    return table.set_column(table.column_names.index(flag), flag, pc.coalesce(given, derived))


def _latest(number_of: Ints, seen: Ints) -> tuple[list[int], list[int]]:
    """The distinct numbers (-1 left out) and the greatest time of each."""
    rows = np.flatnonzero(number_of >= 0)
    order = rows[np.lexsort((seen[rows], number_of[rows]))]
    numbers = number_of[order]
    is_last = np.ones(len(numbers), bool)
    is_last[:-1] = numbers[1:] != numbers[:-1]
    return numbers[is_last].tolist(), seen[order[is_last]].tolist()


def _refs(known: _Known, number_of: Ints) -> pa.Array:
    numbers, codes = np.unique(number_of, return_inverse=True)
    refs = [known.refs[number] if number >= 0 else None for number in numbers.tolist()]
    return pa.array(refs, pa.binary()).take(pa.array(codes))


def _expand(places: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Each row once per key of its place: (row, index of the key in the flat list)."""
    starts = np.cumsum(counts) - counts
    repeats = counts[places]
    ends = np.cumsum(repeats)
    within = np.arange(int(repeats.sum())) - np.repeat(ends - repeats, repeats)
    return np.repeat(np.arange(len(places)), repeats), np.repeat(starts[places], repeats) + within


def _describe(keys: list[Key]) -> pa.Table:
    kinds = pa.array([key[2] for key in keys], pa.string())
    ranks = pa.array([key[0] for key in keys], pa.int16())
    return pa.table(
        {
            "kind": kinds,
            "scope": pa.array([key[3] for key in keys], pa.string()),
            "hash": pa.array([key[1] for key in keys], pa.binary()),
            "strength": pc.if_else(pc.less(ranks, WEAK_RANK), "strong", "weak"),
            "rank": ranks,
        }
    )
