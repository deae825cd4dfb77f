"""What all cases share: a door to a registry, checks, and a runner."""

import difflib
import json
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass

from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient, SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext


@dataclass(frozen=True)
class Door:
    """One way into a registry: its base URL, and how names are written there.

    `prefix` is put before each subject that is asked for; `shown` stands before each one in answers.
    """

    url: str
    prefix: str = ""
    shown: str = ""

    def conf(self):
        """How to reach the registry. No TLS: without this each client reads all root certificates anew."""
        return {"url": self.url, "max.retries": 0, "timeout": 20, "ssl.ca.location": False}

    def client(self):
        """A client that has cached nothing yet."""
        return SchemaRegistryClient(self.conf())

    def name(self, subject):
        return self.prefix + subject

    def answer(self, subject):
        """How an answer names the subject."""
        return self.shown + subject

    def topic(self, name, field=MessageField.VALUE, headers=None):
        """Where a record goes. The serialisers form its subject: name-value or name-key."""
        return SerializationContext(self.name(name), field, headers)


def avro(definition, references=(), **more):
    return Schema(json.dumps(definition, separators=(",", ":")), "AVRO", list(references), **more)


def json_schema(definition, references=(), **more):
    return Schema(json.dumps(definition), "JSON", list(references), **more)


def record(name, **fields):
    """An Avro record; each field is a type."""
    return {"type": "record", "name": name, "fields": [{"name": n, "type": t} for n, t in fields.items()]}


def reference(door, name, subject, version=1):
    return SchemaReference(name, door.name(subject), version)


def equal(got, want):
    if got == want:
        return
    lines = [repr(side).splitlines() for side in (got, want)]
    if max(map(len, lines)) > 1:
        raise AssertionError("\n".join(difflib.unified_diff(*lines, "got", "want", lineterm="")))
    raise AssertionError(f"got {got!r}, want {want!r}")


@contextmanager
def refused(code):
    """Holds when the registry answers with this error code."""
    got = "no error"
    try:
        yield
    except SchemaRegistryError as error:
        got = error.error_code
    equal(got, code)


@contextmanager
def raises(kind):
    try:
        yield
    except kind:
        return
    raise AssertionError(f"no error, want {kind.__name__}")


def carries_id(message, schema_id):
    """A framed message begins with a zero byte and the schema's ID."""
    equal(message[:5], bytes([0]) + schema_id.to_bytes(4, "big"))


def run(door, cases):
    """Runs all cases and returns how many failed. Each has subjects of its own."""
    failures = 0
    for case in cases:
        start = time.monotonic()
        try:
            case(door)
            verdict = "ok"
        except Exception:  # whatever goes wrong is a finding
            failures += 1
            verdict = "FAILED\n" + traceback.format_exc(limit=-3)
        print(f"{case.__module__}.{case.__name__}: {verdict} ({time.monotonic() - start:.2f}s)")
    return failures
