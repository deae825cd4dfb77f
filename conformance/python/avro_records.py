"""Avro records through AvroSerializer and AvroDeserializer."""

import asyncio
import datetime
import json
import uuid
from decimal import Decimal

from confluent_kafka.schema_registry import (
    AsyncSchemaRegistryClient,
    header_schema_id_serializer,
    record_subject_name_strategy,
    topic_record_subject_name_strategy,
)
from confluent_kafka.schema_registry.avro import (
    AsyncAvroDeserializer,
    AsyncAvroSerializer,
    AvroDeserializer,
    AvroSerializer,
)
from confluent_kafka.serialization import MessageField, SerializationError

from harness import avro, carries_id, equal, raises, record, reference, refused

CURRENCY = {"type": "enum", "name": "Currency", "namespace": "shop", "symbols": ["EUR", "NOK"]}
MONEY = record("shop.Money", amount="long", currency="shop.Currency")
DISCOUNT = record("shop.Discount", reason="string", limit="shop.Money", paid_in="shop.Currency")
ORDER = record(
    "shop.Order",
    id="string",
    total="shop.Money",
    discounts={"type": "array", "items": "shop.Discount"},
    next=["null", "shop.Order"],
)

EUR = {"amount": 1250, "currency": "EUR"}
NOK = {"amount": -3, "currency": "NOK"}
LAST = {"id": "o-2", "total": NOK, "discounts": [], "next": None}
FIRST = {
    "id": "o-1",
    "total": EUR,
    "discounts": [{"reason": "early bird", "limit": NOK, "paid_in": "EUR"}],
    "next": LAST,
}


def order_schema(door, case):
    """Registers what an order refers to: a diamond with the currency at its bottom. Returns the order's schema."""
    client = door.client()
    currency = reference(door, "shop.Currency", f"{case}-currency")
    money = reference(door, "shop.Money", f"{case}-money")
    discount = reference(door, "shop.Discount", f"{case}-discount")
    client.register_schema(currency.subject, avro(CURRENCY))
    client.register_schema(money.subject, avro(MONEY, [currency]))
    client.register_schema(discount.subject, avro(DISCOUNT, [money, currency]))
    return avro(ORDER, [discount, money])


def decoded(door, message, topic, schema=None):
    """What a reader sees that knows nothing but the registry."""
    return AvroDeserializer(door.client(), schema)(message, topic)


def references(door):
    topic = door.topic("avro-references")
    encode = AvroSerializer(door.client(), order_schema(door, "avro-references"))
    message = encode(FIRST, topic)
    carries_id(message, door.client().get_latest_version(door.name("avro-references-value")).schema_id)
    equal(decoded(door, message, topic), FIRST)
    equal(decoded(door, encode(LAST, topic), topic), LAST)


def resolved_text_needs_no_references(door):
    topic = door.topic("avro-resolved")
    message = AvroSerializer(door.client(), order_schema(door, "avro-resolved"))(FIRST, topic)
    resolved = door.client().get_latest_version(door.name("avro-resolved-value"), fmt="resolved").schema
    equal(AvroDeserializer(door.client(), resolved.schema_str)(message, topic), FIRST)


def guid_in_header(door):
    headers = []
    topic = door.topic("avro-guid", headers=headers)
    conf = {"schema.id.serializer": header_schema_id_serializer}
    message = AvroSerializer(door.client(), order_schema(door, "avro-guid"), conf=conf)(FIRST, topic)
    guid = door.client().get_latest_version(door.name("avro-guid-value")).guid
    equal(headers, [("__value_schema_id", bytes([1]) + uuid.UUID(guid).bytes)])
    equal(decoded(door, message, topic), FIRST)


def key_and_value(door):
    client = door.client()
    key, value = door.topic("avro-pair", MessageField.KEY), door.topic("avro-pair")
    encoded_key = AvroSerializer(client, json.dumps("string"))("o-1", key)
    encoded_value = AvroSerializer(client, order_schema(door, "avro-pair"))(LAST, value)
    equal(decoded(door, encoded_key, key), "o-1")
    equal(decoded(door, encoded_value, value), LAST)


def evolution(door):
    """A reader with a newer schema reads an older record, with the default in its place; an older reader drops it."""
    topic = door.topic("avro-evolution")
    old = record("shop.Customer", id="string")
    new = record("shop.Customer", id="string")
    new["fields"].append({"name": "level", "type": "int", "default": 7})
    written_old = AvroSerializer(door.client(), json.dumps(old))({"id": "c"}, topic)
    written_new = AvroSerializer(door.client(), json.dumps(new))({"id": "c", "level": 1}, topic)
    equal(decoded(door, written_old, topic, json.dumps(new)), {"id": "c", "level": 7})
    equal(decoded(door, written_new, topic, json.dumps(old)), {"id": "c"})
    latest = AvroDeserializer(door.client(), conf={"use.latest.version": True})
    equal(latest(written_old, topic), {"id": "c", "level": 7})
    with refused(40901):
        AvroSerializer(door.client(), json.dumps(record("shop.Customer", id="long")))({"id": 1}, topic)


def logical_types(door):
    topic = door.topic("avro-logical")
    schema = record(
        "shop.Invoice",
        sum={"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2},
        at={"type": "long", "logicalType": "timestamp-micros"},
        day={"type": "int", "logicalType": "date"},
        number={"type": "string", "logicalType": "uuid"},
    )
    invoice = {
        "sum": Decimal("-1234.50"),
        "at": datetime.datetime(2024, 2, 29, 12, 30, 1, 42, tzinfo=datetime.timezone.utc),
        "day": datetime.date(2024, 2, 29),
        "number": uuid.UUID(int=2**100 + 1),
    }
    message = AvroSerializer(door.client(), json.dumps(schema))(invoice, topic)
    equal(decoded(door, message, topic), invoice)


def without_registering(door):
    """A producer that may only look up."""
    topic = door.topic("avro-lookup")
    schema = order_schema(door, "avro-lookup")
    conf = {"auto.register.schemas": False}
    with refused(40401):
        AvroSerializer(door.client(), schema, conf=conf)(FIRST, topic)
    schema_id = door.client().register_schema(door.name("avro-lookup-value"), schema)
    message = AvroSerializer(door.client(), schema, conf=conf)(FIRST, topic)
    carries_id(message, schema_id)
    with refused(40403):
        AvroSerializer(door.client(), json.dumps("string"), conf=conf)("text", topic)


def newest_schema(door):
    topic = door.topic("avro-latest")
    schema_id = door.client().register_schema(door.name("avro-latest-value"), order_schema(door, "avro-latest"))
    conf = {"auto.register.schemas": False, "use.latest.version": True}
    message = AvroSerializer(door.client(), conf=conf)(FIRST, topic)
    carries_id(message, schema_id)
    equal(decoded(door, message, topic), FIRST)


def schema_by_id(door):
    """With the guid in the header: the client forgets an ID that it was given, so it can't put it before a message."""
    topic = door.topic("avro-by-id", headers=[])
    schema_id = door.client().register_schema(door.name("avro-by-id-value"), order_schema(door, "avro-by-id"))
    conf = {
        "auto.register.schemas": False,
        "use.schema.id": schema_id,
        "schema.id.serializer": header_schema_id_serializer,
    }
    message = AvroSerializer(door.client(), conf=conf)(FIRST, topic)
    equal(decoded(door, message, topic), FIRST)


def normalised(door):
    """Two ways to write one schema share an ID when the client asks for the normal form."""
    topic = door.topic("avro-normal")
    conf = {"normalize.schemas": True}
    definition = record("Point", x="int", y="int")
    point = {"x": 1, "y": -1}
    first = AvroSerializer(door.client(), json.dumps({**definition, "namespace": "shop"}), conf=conf)(point, topic)
    other = AvroSerializer(door.client(), json.dumps({**definition, "name": "shop.Point"}, indent=2), conf=conf)
    equal(other(point, topic), first)
    equal(decoded(door, first, topic), point)


def subjects_of_other_strategies(door):
    """The reader must ask by the writer's subject: other contexts than the default one find an ID only there."""
    topic = door.topic("avro-named")
    schema = order_schema(door, "avro-named")
    for strategy, subject in (
        (topic_record_subject_name_strategy, door.name("avro-named-shop.Order")),
        (lambda ctx, name: door.name(record_subject_name_strategy(ctx, name)), door.name("shop.Order")),
    ):
        message = AvroSerializer(door.client(), schema, conf={"subject.name.strategy": strategy})(FIRST, topic)
        carries_id(message, door.client().get_latest_version(subject).schema_id)
        reader = AvroDeserializer(door.client(), conf={"subject.name.strategy": lambda *_, subject=subject: subject})
        equal(reader(message, topic), FIRST)


def unknown_id(door):
    topic = door.topic("avro-unknown")
    with raises(SerializationError):
        decoded(door, b"\2\0\0\0\1x", topic)
    with refused(40403):
        decoded(door, b"\0\x7f\xff\xff\xffx", topic)


def asynchronous_client(door):
    schema = order_schema(door, "avro-async")
    topic = door.topic("avro-async")

    async def round_trip():
        async with AsyncSchemaRegistryClient(door.conf()) as client:
            encode = await AsyncAvroSerializer(client, schema)
            message = await encode(FIRST, topic)
        async with AsyncSchemaRegistryClient(door.conf()) as client:
            decode = await AsyncAvroDeserializer(client)
            return await decode(message, topic)

    equal(asyncio.run(round_trip()), FIRST)


CASES = [
    references,
    resolved_text_needs_no_references,
    guid_in_header,
    key_and_value,
    evolution,
    logical_types,
    without_registering,
    newest_schema,
    schema_by_id,
    normalised,
    subjects_of_other_strategies,
    unknown_id,
    asynchronous_client,
]
