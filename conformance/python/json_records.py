"""JSON records through JSONSerializer and JSONDeserializer, which check them against their schema."""

import asyncio
import uuid

from confluent_kafka.schema_registry import AsyncSchemaRegistryClient, header_schema_id_serializer
from confluent_kafka.schema_registry.json_schema import (
    AsyncJSONDeserializer,
    AsyncJSONSerializer,
    JSONDeserializer,
    JSONSerializer,
)
from confluent_kafka.serialization import SerializationError

from harness import carries_id, equal, json_schema, raises, reference, refused

DRAFTS = (
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/draft-06/schema#",
    "http://json-schema.org/draft-07/schema#",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
)

CURRENCY = {"type": "string", "enum": ["EUR", "NOK"]}
MONEY = {
    "type": "object",
    "properties": {"amount": {"type": "integer"}, "currency": {"$ref": "currency.json"}},
    "required": ["amount", "currency"],
    "additionalProperties": False,
}
ORDER = {
    "title": "Order",
    "type": "object",
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "total": {"$ref": "money.json"},
        "paid_in": {"$ref": "currency.json"},
        "next": {"$ref": "#"},
    },
    "required": ["id", "total"],
}

LAST = {"id": "o-2", "total": {"amount": -3, "currency": "NOK"}}
FIRST = {"id": "o-1", "total": {"amount": 1250, "currency": "EUR"}, "paid_in": "NOK", "next": LAST}
WRONG = {"id": "o-3", "total": {"amount": 1, "currency": "DKK"}}


def order_schema(door, case, draft=DRAFTS[2]):
    """Registers what an order refers to, and returns the order's schema."""
    client = door.client()
    currency = reference(door, "currency.json", f"{case}-currency")
    money = reference(door, "money.json", f"{case}-money")
    client.register_schema(currency.subject, json_schema({"$schema": draft, **CURRENCY}))
    client.register_schema(money.subject, json_schema({"$schema": draft, **MONEY}, [currency]))
    return json_schema({"$schema": draft, **ORDER}, [money, currency])


def decoded(door, message, topic):
    """What a reader sees that knows nothing but the registry."""
    return JSONDeserializer(None, schema_registry_client=door.client())(message, topic)


def references_in_each_draft(door):
    for number, draft in enumerate(DRAFTS):
        case = f"json-references-{number}"
        topic = door.topic(case)
        encode = JSONSerializer(order_schema(door, case, draft), door.client())
        message = encode(FIRST, topic)
        carries_id(message, door.client().get_latest_version(door.name(f"{case}-value")).schema_id)
        equal(decoded(door, message, topic), FIRST)
        with raises(SerializationError):
            encode(WRONG, topic)


def reader_checks_with_the_registered_schema(door):
    """The reader refuses what a careless writer let through, by what it finds behind the references."""
    topic = door.topic("json-careless")
    careless = JSONSerializer(order_schema(door, "json-careless"), door.client(), conf={"validate": False})
    with raises(SerializationError):
        decoded(door, careless(WRONG, topic), topic)


def guid_in_header(door):
    headers = []
    topic = door.topic("json-guid", headers=headers)
    conf = {"schema.id.serializer": header_schema_id_serializer}
    message = JSONSerializer(order_schema(door, "json-guid"), door.client(), conf=conf)(FIRST, topic)
    guid = door.client().get_latest_version(door.name("json-guid-value")).guid
    equal(headers, [("__value_schema_id", bytes([1]) + uuid.UUID(guid).bytes)])
    equal(decoded(door, message, topic), FIRST)


def identifiers_and_definitions(door):
    """References by the $id of what is referred to, and into its definitions."""
    topic = door.topic("json-ids")
    shapes = reference(door, "https://shop.example/shapes.json", "json-ids-shapes")
    door.client().register_schema(
        shapes.subject,
        json_schema(
            {
                "$schema": DRAFTS[4],
                "$id": "https://shop.example/shapes.json",
                "$defs": {"side": {"type": "number", "exclusiveMinimum": 0}},
                "type": "array",
                "items": {"$ref": "#/$defs/side"},
            }
        ),
    )
    box = {
        "$schema": DRAFTS[4],
        "$id": "https://shop.example/box.json",
        "type": "object",
        "properties": {"sides": {"$ref": "shapes.json"}, "lid": {"$ref": "shapes.json#/$defs/side"}},
    }
    encode = JSONSerializer(json_schema(box, [shapes]), door.client())
    value = {"sides": [1, 2.5, 4], "lid": 0.5}
    equal(decoded(door, encode(value, topic), topic), value)
    for wrong in ({"sides": [0]}, {"lid": -1}):
        with raises(SerializationError):
            encode(wrong, topic)


def without_registering(door):
    topic = door.topic("json-lookup")
    schema = order_schema(door, "json-lookup")
    conf = {"auto.register.schemas": False}
    with refused(40401):
        JSONSerializer(schema, door.client(), conf=conf)(FIRST, topic)
    schema_id = door.client().register_schema(door.name("json-lookup-value"), schema)
    message = JSONSerializer(schema, door.client(), conf=conf)(FIRST, topic)
    carries_id(message, schema_id)


def newest_schema(door):
    topic = door.topic("json-latest")
    schema_id = door.client().register_schema(door.name("json-latest-value"), order_schema(door, "json-latest"))
    conf = {"auto.register.schemas": False, "use.latest.version": True}
    encode = JSONSerializer(None, door.client(), conf=conf)
    message = encode(FIRST, topic)
    carries_id(message, schema_id)
    equal(decoded(door, message, topic), FIRST)
    with raises(SerializationError):
        encode(WRONG, topic)


def evolution(door):
    topic = door.topic("json-evolution")
    old = {"type": "object", "properties": {"id": {"type": "string"}}, "additionalProperties": False}
    new = {**old, "properties": {"id": {"type": "string"}, "level": {"type": "integer"}}}
    written = JSONSerializer(json_schema(old), door.client())({"id": "c"}, topic)
    JSONSerializer(json_schema(new), door.client())({"id": "c", "level": 1}, topic)
    latest = JSONDeserializer(None, schema_registry_client=door.client(), conf={"use.latest.version": True})
    equal(latest(written, topic), {"id": "c"})
    with refused(40901):
        JSONSerializer(json_schema({**new, "required": ["level"]}), door.client())({"level": 1}, topic)


def asynchronous_client(door):
    schema = order_schema(door, "json-async")
    topic = door.topic("json-async")

    async def round_trip():
        async with AsyncSchemaRegistryClient(door.conf()) as client:
            encode = await AsyncJSONSerializer(schema, client)
            message = await encode(FIRST, topic)
        async with AsyncSchemaRegistryClient(door.conf()) as client:
            decode = await AsyncJSONDeserializer(None, schema_registry_client=client)
            return await decode(message, topic)

    equal(asyncio.run(round_trip()), FIRST)


CASES = [
    references_in_each_draft,
    reader_checks_with_the_registered_schema,
    guid_in_header,
    identifiers_and_definitions,
    without_registering,
    newest_schema,
    evolution,
    asynchronous_client,
]
