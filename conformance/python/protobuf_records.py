"""Protobuf records through ProtobufSerializer and ProtobufDeserializer."""

import asyncio
import base64
import uuid

from confluent_kafka.schema_registry import AsyncSchemaRegistryClient, Schema, header_schema_id_serializer
from confluent_kafka.schema_registry.protobuf import (
    AsyncProtobufDeserializer,
    AsyncProtobufSerializer,
    ProtobufDeserializer,
    ProtobufSerializer,
)
from google.protobuf import json_format
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from harness import carries_id, equal, reference, refused
from protobuf_messages import INT32, STRING, Messages, customer_file, field, shop

FIRST = {
    "id": "o-1",
    "lines": [
        {"product": "kettle", "price": {"amount": 1250, "currency": "EUR", "rated_at": "2024-02-29T12:30:01Z"}},
        {"product": "", "price": {"amount": -3, "currency": "NOK"}},
    ],
    "totals": {"EUR": {"amount": 1250, "currency": "EUR"}},
    "cash": "NOK",
    "weight": {"value": "BNI=", "precision": 6, "scale": 2},
    "next": {"id": "o-2", "card": "4711"},
}

# What the registry prints for orders/order.proto.
ORDER_TEXT = """syntax = "proto3";
package shop.orders;

import "common/money.proto";
import "common/currency.proto";
import "confluent/type/decimal.proto";
"""


def order(messages):
    return json_format.ParseDict(FIRST, messages.type("shop.orders.Order")())


def conf(door, case, **more):
    """Each case has its own subjects for what is referred to: case-common/money.proto."""
    return {"reference.subject.name.strategy": lambda _, file: door.name(f"{case}-{file.name}"), **more}


def decoded(door, encoded, kind, topic):
    """What a reader sees that knows its message and the registry."""
    return ProtobufDeserializer(kind, schema_registry_client=door.client())(encoded, topic)


def references(door):
    case, topic, value = "proto-references", door.topic("proto-references"), order(shop())
    encoded = ProtobufSerializer(type(value), door.client(), conf(door, case))(value, topic)
    registered = door.client().get_latest_version(door.name("proto-references-value"))
    carries_id(encoded, registered.schema_id)
    equal(registered.schema.schema_str.startswith(ORDER_TEXT), True)
    equal(
        {(r.name, r.subject, r.version) for r in registered.schema.references},
        {(name, door.name(f"{case}-{name}"), 1) for name in ("common/money.proto", "common/currency.proto")},
    )
    equal(decoded(door, encoded, type(value), topic), value)


def plain_subjects_of_references(door):
    """The client's own strategy names a subject after its file."""
    if door.prefix:
        return  # such a name isn't qualified
    topic, value = door.topic("proto-plain"), order(shop())
    encoded = ProtobufSerializer(type(value), door.client())(value, topic)
    equal(door.client().get_latest_version("common/money.proto").subject, door.answer("common/money.proto"))
    equal(decoded(door, encoded, type(value), topic), value)


def descriptor_of_the_registered_text(door):
    """What was registered as a descriptor comes back as an equal one."""
    topic, value = door.topic("proto-descriptor"), order(shop())
    ProtobufSerializer(type(value), door.client(), conf(door, "proto-descriptor"))(value, topic)
    for subject, want in (
        ("proto-descriptor-value", value.DESCRIPTOR.file),
        ("proto-descriptor-common/money.proto", value.DESCRIPTOR.file.dependencies[0]),
    ):
        text = door.client().get_latest_version(door.name(subject), fmt="serialized").schema.schema_str
        equal(described(base64.b64decode(text)), described(want.serialized_pb))


def described(serialized):
    """A descriptor without what says nothing: the file's name, order of fields, labels of plain ones, empty options."""
    file = FileDescriptorProto.FromString(serialized)
    file.ClearField("name")
    pending = list(file.message_type)
    while pending:
        one = pending.pop()
        pending.extend(one.nested_type)
        one.field.sort(key=lambda each: each.number)
        for each in one.field:
            each.label = each.label
            each.ClearField("json_name")
        for oneof in one.oneof_decl:
            oneof.ClearField("options")
    return file


def message_indexes(door):
    """A message that isn't the first of its file is named by its path: here the first inside of the second."""
    topic, messages = door.topic("proto-indexes"), shop()
    page = messages.type("shop.orders.Receipt.Page")(order=order(messages), number=3)
    encoded = ProtobufSerializer(type(page), door.client(), conf(door, "proto-indexes"))(page, topic)
    equal(encoded[5:8], bytes([4, 2, 0]))  # zigzag: two steps, 1, 0
    equal(decoded(door, encoded, type(page), topic), page)


def guid_in_header(door):
    headers, value = [], order(shop())
    topic = door.topic("proto-guid", headers=headers)
    by_guid = conf(door, "proto-guid", **{"schema.id.serializer": header_schema_id_serializer})
    encoded = ProtobufSerializer(type(value), door.client(), by_guid)(value, topic)
    guid = door.client().get_latest_version(door.name("proto-guid-value")).guid
    equal(headers, [("__value_schema_id", bytes([1]) + uuid.UUID(guid).bytes + bytes([0]))])
    equal(decoded(door, encoded, type(value), topic), value)


BASE_TEXT = 'syntax = "proto3"; package shop; enum Level { NONE = 0; GOLD = 7; }'
MEMBER_TEXT = """
syntax = "proto3";
package shop; // a comment
import "shop/base.proto";
message Member { .shop.Level level = 1; }
"""


def registered_as_text(door):
    """Another client registered text with full names; this one looks up by descriptor, and finds it."""
    topic, client = door.topic("proto-text"), door.client()
    base = reference(door, "shop/base.proto", "proto-text-shop/base.proto")
    subject = door.name("proto-text-value")
    client.register_schema(base.subject, Schema(BASE_TEXT, "PROTOBUF"))
    schema_id = client.register_schema(subject, Schema(MEMBER_TEXT, "PROTOBUF", [base]))
    messages = Messages(descriptor(door, base.subject, base.name), descriptor(door, subject, "shop/member.proto"))
    member = messages.type("shop.Member")(level=7)
    lookup_only = conf(door, "proto-text", **{"auto.register.schemas": False})
    encoded = ProtobufSerializer(type(member), door.client(), lookup_only)(member, topic)
    carries_id(encoded, schema_id)
    equal(decoded(door, encoded, type(member), topic), member)


def descriptor(door, subject, name):
    """The newest version's descriptor, under the name that others import it by."""
    text = door.client().get_latest_version(subject, fmt="serialized").schema.schema_str
    file = FileDescriptorProto.FromString(base64.b64decode(text))
    file.name = name
    return file


def without_registering(door):
    topic, value = door.topic("proto-lookup"), order(shop())
    lookup_only = conf(door, "proto-lookup", **{"auto.register.schemas": False})
    with refused(40401):
        ProtobufSerializer(type(value), door.client(), lookup_only)(value, topic)
    registered = ProtobufSerializer(type(value), door.client(), conf(door, "proto-lookup"))(value, topic)
    equal(ProtobufSerializer(type(value), door.client(), lookup_only)(value, topic), registered)


def normalised(door):
    topic, value = door.topic("proto-normal"), order(shop())
    normal = conf(door, "proto-normal", **{"normalize.schemas": True})
    encoded = ProtobufSerializer(type(value), door.client(), normal)(value, topic)
    equal(ProtobufSerializer(type(value), door.client(), normal)(value, topic), encoded)
    equal(decoded(door, encoded, type(value), topic), value)


def newest_schema(door):
    topic, value = door.topic("proto-latest"), order(shop())
    registered = ProtobufSerializer(type(value), door.client(), conf(door, "proto-latest"))(value, topic)
    latest = conf(door, "proto-latest", **{"auto.register.schemas": False, "use.latest.version": True})
    equal(ProtobufSerializer(type(value), door.client(), latest)(value, topic), registered)
    reader = ProtobufDeserializer(type(value), {"use.latest.version": True}, door.client())
    equal(reader(registered, topic), value)


def evolution(door):
    topic = door.topic("proto-evolution")
    old = Messages(customer_file()).type("shop.Customer")
    new = Messages(customer_file(field(2, "level", INT32))).type("shop.Customer")
    other = Messages(customer_file(field(2, "level", STRING))).type("shop.Customer")
    written_old = ProtobufSerializer(old, door.client())(old(id="c"), topic)
    written_new = ProtobufSerializer(new, door.client())(new(id="c", level=7), topic)
    equal(decoded(door, written_old, new, topic), new(id="c"))
    equal(decoded(door, written_new, old, topic).id, "c")
    with refused(40901):
        ProtobufSerializer(other, door.client())(other(id="c", level="7"), topic)


def asynchronous_client(door):
    topic, value = door.topic("proto-async"), order(shop())

    async def round_trip():
        async with AsyncSchemaRegistryClient(door.conf()) as client:
            encode = await AsyncProtobufSerializer(type(value), client, conf(door, "proto-async"))
            encoded = await encode(value, topic)
        async with AsyncSchemaRegistryClient(door.conf()) as client:
            decode = await AsyncProtobufDeserializer(type(value), schema_registry_client=client)
            return await decode(encoded, topic)

    equal(asyncio.run(round_trip()), value)


CASES = [
    references,
    plain_subjects_of_references,
    descriptor_of_the_registered_text,
    message_indexes,
    guid_in_header,
    registered_as_text,
    without_registering,
    normalised,
    newest_schema,
    evolution,
    asynchronous_client,
]
