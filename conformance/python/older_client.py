"""The client's older Avro API, which is still shipped: CachedSchemaRegistryClient and MessageSerializer.

It knows neither references nor other languages, and doesn't encode names.
"""

import warnings

from confluent_kafka.avro import loads
from confluent_kafka.avro.cached_schema_registry_client import CachedSchemaRegistryClient
from confluent_kafka.avro.error import ClientError
from confluent_kafka.avro.serializer import SerializerError
from confluent_kafka.avro.serializer.message_serializer import MessageSerializer
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer

from harness import carries_id, equal, raises
from registry_calls import FIRST, WITH_DEFAULT, WITHOUT_DEFAULT

ITEM = {"id": "i-1"}


def older(door, **conf):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it is deprecated
        return CachedSchemaRegistryClient({"url": door.url, **conf})


def calls(door):
    subject, client = door.name("older-calls"), older(door)
    first, second = loads(FIRST.schema_str), loads(WITH_DEFAULT.schema_str)
    with raises(ClientError):
        client.check_registration(subject, first)
    equal(client.get_latest_schema(subject), (None, None, None))
    ids = [client.register(subject, schema) for schema in (first, second)]
    equal([older(door).check_registration(subject, schema) for schema in (first, second)], ids)
    equal([older(door).get_version(subject, schema) for schema in (first, second)], [1, 2])
    equal(older(door).get_latest_schema(subject), (ids[1], second, 2))
    equal(older(door).get_by_version(subject, 1), (ids[0], first, 1))
    if not door.prefix:  # an ID alone is one of the context that the URL leads to
        equal(older(door).get_by_id(ids[0]), first)
    with raises(ClientError):
        client.register(subject, loads(WITHOUT_DEFAULT.schema_str))
    equal(client.delete_subject(subject), [1, 2])


def levels(door):
    subject, client = door.name("older-levels"), older(door)
    client.register(subject, loads(FIRST.schema_str))
    candidate = loads(WITHOUT_DEFAULT.schema_str)
    equal(client.test_compatibility(subject, candidate), False)
    equal(client.update_compatibility("FORWARD", subject), "FORWARD")
    equal(client.get_compatibility(subject), "FORWARD")
    equal(client.test_compatibility(subject, candidate), True)
    equal(client.test_compatibility(subject, candidate, version=1), True)


def messages(door):
    """Each API reads what the other one has written."""
    schema, topic = loads(FIRST.schema_str), door.topic("older-messages")
    encoded = MessageSerializer(older(door)).encode_record_with_schema(topic.topic, schema, ITEM)
    carries_id(encoded, door.client().get_latest_version(door.name("older-messages-value")).schema_id)
    equal(AvroSerializer(door.client(), FIRST)(ITEM, topic), encoded)
    equal(AvroDeserializer(door.client())(encoded, topic), ITEM)
    if door.prefix:
        return  # an ID alone is one of the context that the URL leads to
    equal(MessageSerializer(older(door)).decode_message(encoded), ITEM)
    newer = MessageSerializer(older(door), reader_value_schema=loads(WITH_DEFAULT.schema_str))
    equal(newer.decode_message(encoded), {**ITEM, "n": 0})
    with raises(SerializerError):
        newer.decode_message(b"\0\x7f\xff\xff\xff" + encoded[5:])


def lookup_only(door):
    conf = {"auto.register.schemas": False}
    with raises(ClientError):
        MessageSerializer(older(door, **conf)).encode_record_with_schema(
            door.name("older-lookup"), loads(FIRST.schema_str), ITEM
        )


CASES = [calls, levels, messages, lookup_only]
