"""The Protobuf messages of the cases, built from descriptors: nothing has to be compiled.

common/currency.proto   enum Currency
common/money.proto      message Money, refers to currency.proto and to google/protobuf/timestamp.proto
orders/order.proto      messages Order and Receipt, refers to both files and to confluent/type/decimal.proto
"""

from confluent_kafka.schema_registry.confluent.type import decimal_pb2
from google.protobuf import descriptor_pool, message_factory, timestamp_pb2
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)

STRING = FieldDescriptorProto.TYPE_STRING
INT64 = FieldDescriptorProto.TYPE_INT64
INT32 = FieldDescriptorProto.TYPE_INT32

TIMESTAMP = "google/protobuf/timestamp.proto"
DECIMAL = "confluent/type/decimal.proto"


def file(name, package, imports=(), messages=(), enums=()):
    return FileDescriptorProto(
        name=name, package=package, syntax="proto3", dependency=imports, message_type=messages, enum_type=enums
    )


def field(number, name, kind, repeated=False, oneof=None):
    """A field of a scalar type."""
    made = FieldDescriptorProto(number=number, name=name, type=kind)
    made.label = FieldDescriptorProto.LABEL_REPEATED if repeated else FieldDescriptorProto.LABEL_OPTIONAL
    if oneof is not None:
        made.oneof_index = oneof
    return made


def message_field(number, name, type_name, **more):
    made = field(number, name, FieldDescriptorProto.TYPE_MESSAGE, **more)
    made.type_name = type_name
    return made


def enum_field(number, name, type_name, **more):
    made = field(number, name, FieldDescriptorProto.TYPE_ENUM, **more)
    made.type_name = type_name
    return made


def message(name, fields, nested=(), oneofs=()):
    made = DescriptorProto(name=name, field=fields, nested_type=nested)
    for oneof in oneofs:
        made.oneof_decl.add(name=oneof)
    return made


def string_map(name, type_name):
    """The nested type behind `map<string, TYPE>`."""
    made = message(name, [field(1, "key", STRING), message_field(2, "value", type_name)])
    made.options.map_entry = True
    return made


def currency_file():
    currency = EnumDescriptorProto(name="Currency")
    for number, name in enumerate(("UNKNOWN", "EUR", "NOK")):
        currency.value.add(name=name, number=number)
    return file("common/currency.proto", "shop.common", enums=[currency])


def money_file():
    fields = [
        field(1, "amount", INT64),
        enum_field(2, "currency", ".shop.common.Currency"),
        message_field(3, "rated_at", ".google.protobuf.Timestamp"),
    ]
    return file("common/money.proto", "shop.common", ["common/currency.proto", TIMESTAMP], [message("Money", fields)])


def order_file():
    line = message("Line", [field(1, "product", STRING), message_field(2, "price", ".shop.common.Money")])
    fields = [
        field(1, "id", STRING),
        message_field(2, "lines", ".shop.orders.Order.Line", repeated=True),
        message_field(3, "totals", ".shop.orders.Order.TotalsEntry", repeated=True),
        field(4, "card", STRING, oneof=0),
        enum_field(5, "cash", ".shop.common.Currency", oneof=0),
        message_field(6, "weight", ".confluent.type.Decimal"),
        message_field(7, "next", ".shop.orders.Order"),
    ]
    order = message("Order", fields, [line, string_map("TotalsEntry", ".shop.common.Money")], ["payment"])
    page = message("Page", [message_field(1, "order", ".shop.orders.Order"), field(2, "number", INT32)])
    receipt = message("Receipt", [message_field(1, "pages", ".shop.orders.Receipt.Page", repeated=True)], [page])
    imports = ["common/money.proto", "common/currency.proto", DECIMAL]
    return file("orders/order.proto", "shop.orders", imports, [order, receipt])


def customer_file(*more):
    fields = [field(1, "id", STRING), *more]
    return file("shop/customer.proto", "shop", messages=[message("Customer", fields)])


class Messages:
    """Message classes of some files, in a pool of their own."""

    def __init__(self, *files):
        self.pool = descriptor_pool.DescriptorPool()
        self.pool.AddSerializedFile(timestamp_pb2.DESCRIPTOR.serialized_pb)
        self.pool.AddSerializedFile(decimal_pb2.DESCRIPTOR.serialized_pb)
        for one in files:
            self.pool.Add(one)

    def type(self, name):
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))


def shop():
    """Files of the shop, dependencies first."""
    return Messages(currency_file(), money_file(), order_file())
