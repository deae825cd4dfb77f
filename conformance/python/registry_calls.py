"""What SchemaRegistryClient offers beside the serialisers."""

import json

from confluent_kafka.schema_registry import (
    ConfigCompatibilityLevel,
    Metadata,
    MetadataProperties,
    MetadataTags,
    Rule,
    RuleKind,
    RuleMode,
    RuleParams,
    RuleSet,
    ServerConfig,
)

from harness import avro, equal, record, reference, refused


def item(*fields):
    """An item as the registry prints it."""
    definition = {
        "type": "record",
        "name": "Item",
        "namespace": "shop",
        "fields": [{"name": "id", "type": "string"}, *fields],
    }
    return avro(definition)


FIRST = item()
WITH_DEFAULT = item({"name": "n", "type": "int", "default": 0})
WITHOUT_DEFAULT = item({"name": "n", "type": "int"}, {"name": "more", "type": "int"})
UNPARSABLE = avro({"type": "record"})


def two_versions(door, subject):
    """Registers two versions and returns their IDs."""
    return [door.client().register_schema(door.name(subject), schema) for schema in (FIRST, WITH_DEFAULT)]


def registering(door):
    subject = door.name("calls-register")
    first = door.client().register_schema(subject, FIRST)
    equal(door.client().register_schema(subject, FIRST), first)
    full = door.client().register_schema_full_response(subject, WITH_DEFAULT)
    equal((full.schema_id > first, full.version), (True, 2))
    equal(door.client().get_schema_by_guid(full.guid).schema_str, WITH_DEFAULT.schema_str)
    with refused(40901):
        door.client().register_schema(subject, WITHOUT_DEFAULT)
    with refused(42201):
        door.client().register_schema(subject, UNPARSABLE)


def looking_up(door):
    subject = door.name("calls-lookup")
    with refused(40401):
        door.client().lookup_schema(subject, FIRST)
    ids = two_versions(door, "calls-lookup")
    found = door.client().lookup_schema(subject, WITH_DEFAULT)
    equal((found.subject, found.version, found.schema_id), (door.answer("calls-lookup"), 2, ids[1]))
    other_text = avro({"doc": "not in the normal form", **json.loads(FIRST.schema_str)})
    with refused(40403):
        door.client().lookup_schema(subject, other_text)


def looking_up_the_normal_form(door):
    subject = door.name("calls-normal")
    short = avro({"type": "record", "name": "Item", "namespace": "shop", "fields": []})
    spread = avro({"type": "record", "fields": [], "name": "shop.Item", "aliases": []})
    schema_id = door.client().register_schema(subject, short, normalize_schemas=True)
    equal(door.client().register_schema(subject, spread, normalize_schemas=True), schema_id)
    equal(door.client().lookup_schema(subject, spread, normalize_schemas=True).version, 1)


def reading_by_id(door):
    first, second = two_versions(door, "calls-by-id")
    subject = door.name("calls-by-id")
    equal(door.client().get_schema(first, subject), FIRST)
    with refused(40403):
        door.client().get_schema(second + 1000, subject)
    versions = {each.subject: each.version for each in door.client().get_schema_versions(first, subject)}
    equal(versions[door.answer("calls-by-id")], 1)
    equal(door.answer("calls-by-id") in door.client().get_subjects_by_schema_id(second, subject), True)


def reading_by_version(door):
    first, second = two_versions(door, "calls-version")
    subject = door.name("calls-version")
    client = door.client()
    latest = client.get_latest_version(subject)
    equal((latest.subject, latest.version, latest.schema_id), (door.answer("calls-version"), 2, second))
    equal(client.get_version(subject).version, 2)
    equal(client.get_version(subject, 1).schema_id, first)
    equal(client.get_versions(subject), [1, 2])
    equal(client.get_versions(subject, offset=1, limit=1), [2])
    with refused(40402):
        client.get_version(subject, 3)
    with refused(40401):
        client.get_latest_version(door.name("calls-nowhere"))


def listing(door):
    for name in ("calls-list-a", "calls-list-b", "calls-list-c"):
        door.client().register_schema(door.name(name), FIRST)
    door.client().delete_subject(door.name("calls-list-b"))
    a, b, c = (door.answer(f"calls-list-{letter}") for letter in "abc")
    prefix = door.shown + "calls-list-"
    for want, options in (
        ([a, c], {}),
        ([a, b, c], {"deleted": True}),
        ([c], {"offset": 1}),
        ([a], {"limit": 1}),
    ):
        equal(door.client().get_subjects(prefix, **options), want)
    equal(set(door.client().get_schema_types()), {"AVRO", "JSON", "PROTOBUF"})
    equal(door.client().get_contexts()[:1], ["."])


def compatibility(door):
    two_versions(door, "calls-compatible")
    subject, client = door.name("calls-compatible"), door.client()
    for schema, version, want in (
        (FIRST, "latest", True),
        (FIRST, 1, True),
        (WITHOUT_DEFAULT, "latest", False),
        (WITHOUT_DEFAULT, 1, False),
    ):
        equal(client.test_compatibility(subject, schema, version), want)
        equal(client.test_compatibility(subject, schema, version, normalize=True, verbose=True), want)
    equal(client.test_compatibility_all_versions(subject, FIRST), True)
    equal(client.test_compatibility_all_versions(subject, WITHOUT_DEFAULT, verbose=True), False)
    equal(client.test_compatibility_all_versions(door.name("calls-nothing-yet"), FIRST), True)
    with refused(40402):
        client.test_compatibility(door.name("calls-nothing-yet"), FIRST, 7)


def levels(door):
    """The older calls, which know the level alone."""
    subject, client = door.name("calls-level"), door.client()
    with refused(40408):
        client.get_compatibility(subject)
    equal(client.set_compatibility(subject, "none"), {"compatibility": "NONE"})
    equal(client.get_compatibility(subject), "NONE")
    two_versions(door, "calls-level")
    client.register_schema(subject, WITHOUT_DEFAULT)
    with refused(42203):
        client.set_compatibility(subject, "SIDEWAYS")


def configurations(door):
    """The newer calls, which know the whole configuration."""
    subject, client = door.name("calls-config"), door.client()
    config = ServerConfig(
        compatibility=ConfigCompatibilityLevel.FULL_TRANSITIVE,
        compatibility_group="major",
        default_metadata=Metadata(None, MetadataProperties({"owner": "shop"}), []),
    )
    client.set_config(subject, config)
    got = client.get_config(subject)
    equal(got.compatibility_level, ConfigCompatibilityLevel.FULL_TRANSITIVE)
    equal((got.compatibility_group, got.default_metadata), ("major", config.default_metadata))
    client.register_schema(subject, FIRST)
    equal(client.get_latest_version(subject).schema.metadata.properties.properties, {"owner": "shop"})
    equal(client.delete_config(subject).compatibility_level, ConfigCompatibilityLevel.FULL_TRANSITIVE)
    with refused(40408):
        client.get_config(subject)


def the_whole_context(door):
    """Level, configuration and mode without a subject are those of the context that the URL leads to."""
    client = door.client()
    has_no_level_yet(door)
    client.set_compatibility(level="FORWARD")
    equal(client.get_compatibility(), "FORWARD")
    client.set_config(config=ServerConfig(compatibility=ConfigCompatibilityLevel.FULL))
    equal(client.get_config().compatibility_level, ConfigCompatibilityLevel.FULL)
    client.delete_config()
    has_no_level_yet(door)
    equal(client.update_global_mode("READONLY"), "READONLY")
    try:
        equal(client.get_global_mode(), "READONLY")
        if not door.prefix:
            with refused(42205):
                client.register_schema("calls-read-only", FIRST)
    finally:
        client.update_global_mode("READWRITE", force=True)


def has_no_level_yet(door):
    """A context in a path has only what was set there; the default context and a bound one have the built-in level."""
    if "/contexts/" in door.url:
        with refused(40408):
            door.client().get_compatibility()
    else:
        equal(door.client().get_compatibility(), "BACKWARD")


def modes(door):
    subject, client = door.name("calls-mode"), door.client()
    with refused(40409):
        client.get_mode(subject)
    equal(client.update_mode(subject, "READONLY"), "READONLY")
    equal(client.get_mode(subject), "READONLY")
    with refused(42205):
        client.register_schema(subject, FIRST)
    equal(client.delete_mode(subject), "READONLY")
    client.register_schema(subject, FIRST)
    with refused(42205):
        client.update_mode(subject, "IMPORT")
    equal(client.update_mode(subject, "IMPORT", force=True), "IMPORT")
    with refused(42204):
        client.update_mode(subject, "SIDEWAYS")


def metadata_and_rules(door):
    subject, client = door.name("calls-rules"), door.client()
    mask = Rule(
        name="mask",
        doc="hides what is private",
        kind=RuleKind.TRANSFORM,
        mode=RuleMode.WRITE,
        type="CEL_FIELD",
        tags=["PRIVATE"],
        params=RuleParams({"with": "*"}),
        expr="value",
        on_success="NONE",
        on_failure="ERROR",
        disabled=False,
    )
    schema = avro(
        record("shop.Secret", id="string"),
        metadata=Metadata(MetadataTags({"shop.Secret.id": ["PRIVATE"]}), MetadataProperties({"major": "3"}), ["major"]),
        rule_set=RuleSet(migration_rules=[], domain_rules=[mask]),
    )
    schema_id = client.register_schema(subject, schema)
    got = door.client().get_schema(schema_id, subject)
    equal(got.metadata, schema.metadata)
    equal(got.rule_set.domain_rules, [mask])
    equal(door.client().get_latest_with_metadata(subject, {"major": "3"}).version, 1)
    with refused(40403):
        door.client().get_latest_with_metadata(subject, {"major": "4"})


def referrers(door):
    base = reference(door, "shop.Base", "calls-base")
    client = door.client()
    client.register_schema(base.subject, avro(record("shop.Base", id="string")))
    user = client.register_schema(door.name("calls-user"), avro(record("shop.User", base="shop.Base"), [base]))
    equal(client.get_referenced_by(base.subject, 1), [user])
    equal(client.get_latest_version(door.name("calls-user")).schema.references, [base])
    for delete in (lambda: client.delete_subject(base.subject), lambda: client.delete_version(base.subject, 1)):
        with refused(42206):
            delete()
    client.delete_subject(door.name("calls-user"))
    client.delete_subject(door.name("calls-user"), permanent=True)
    equal(client.delete_subject(base.subject), [1])
    lost = reference(door, "shop.Lost", "calls-lost")
    with refused(42201):
        client.register_schema(door.name("calls-user"), avro(record("shop.User", lost="shop.Lost"), [lost]))


def deleting_versions(door):
    two_versions(door, "calls-delete-version")
    subject, client = door.name("calls-delete-version"), door.client()
    with refused(40407):
        client.delete_version(subject, 1, permanent=True)
    equal(client.delete_version(subject, 1), 1)
    equal((client.get_versions(subject), client.get_versions(subject, deleted=True)), ([2], [1, 2]))
    equal(door.client().get_version(subject, 1, deleted=True).version, 1)
    with refused(40406):
        client.delete_version(subject, 1)
    equal(client.delete_version(subject, 1, permanent=True), 1)
    with refused(40402):
        door.client().get_version(subject, 1, deleted=True)


def deleting_subjects(door):
    first, _ = two_versions(door, "calls-delete")
    subject, client = door.name("calls-delete"), door.client()
    with refused(40405):
        client.delete_subject(subject, permanent=True)
    equal(client.delete_subject(subject), [1, 2])
    with refused(40404):
        client.delete_subject(subject)
    with refused(40401):
        client.get_versions(subject)
    equal(door.client().lookup_schema(subject, FIRST, deleted=True).schema_id, first)
    equal(client.delete_subject(subject, permanent=True), [1, 2])
    with refused(40401):
        client.delete_subject(subject)


def odd_names(door):
    """The client encodes names; each is one subject."""
    for name in ("calls/with/slash", "calls with space", "calls%2Fpercent", "calls?and=more&#", "calls-æøå-価格"):
        client = door.client()
        schema_id = client.register_schema(door.name(name), FIRST)
        equal(client.get_latest_version(door.name(name)).subject, door.answer(name))
        equal(door.client().get_schema(schema_id, door.name(name)), FIRST)
        equal(client.delete_subject(door.name(name)), [1])


def associations(door):
    """This registry has none. The serialisers ask nevertheless, and go on with the topic's name after a 404."""
    with refused(404):
        door.client().get_associations_by_resource_name("orders", "-", "topic", ["value"])


CASES = [
    registering,
    looking_up,
    looking_up_the_normal_form,
    reading_by_id,
    reading_by_version,
    listing,
    compatibility,
    levels,
    configurations,
    the_whole_context,
    modes,
    metadata_and_rules,
    referrers,
    deleting_versions,
    deleting_subjects,
    odd_names,
    associations,
]
