@topic-schema-types
Feature: Avro, JSON Schema and Protobuf

  Scenario: a type that is not told is Avro
    When POST "/subjects/:{c}:s/versions" with AVRO schema A
    Then it answers id 1 version 1
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers id 1 version 1
    And its "schemaType" is "AVRO"

  Scenario: a JSON Schema
    When POST "/subjects/:{c}:s/versions" with JSON schema J
    Then it answers {"id":1,"version":1,"guid":"<any>","schemaType":"JSON","schema":"$J"}
    When GET "/contexts/{c}/schemas/ids/1"
    Then its "schemaType" is "JSON"
    When GET "/contexts/{c}/schemas/ids/1/schema"
    Then it answers the text of J

  Scenario: a Protobuf file
    When POST "/subjects/:{c}:s/versions" with PROTOBUF schema P
    Then it answers {"id":1,"version":1,"guid":"<any>","schemaType":"PROTOBUF","schema":"$P"}
    When GET "/subjects/:{c}:s/versions/1"
    Then its "schemaType" is "PROTOBUF"
    When GET "/subjects/:{c}:s/versions/1/schema"
    Then it answers the text of P

  Scenario: a Protobuf file is printed anew
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schemaType":"PROTOBUF","schema":"syntax='proto3'; message M{int32 a=1;} // words"}
      """
    Then its "schema" is "$P"
    When POST "/subjects/:{c}:s/versions" with PROTOBUF schema P
    Then it answers id 1 version 1

  Scenario: a Protobuf file in its binary form
    Given POST "/subjects/:{c}:s/versions" with PROTOBUF schema P
    When GET "/subjects/:{c}:s/versions/1?format=serialized"
    Then call its "schema" {binary}
    And its "guid" is "<any>"
    When POST "/subjects/:{c}:t/versions" with
      """
      {"schemaType":"PROTOBUF","schema":"{binary}"}
      """
    Then it answers id 1 version 1
    And its "schema" is "$P"

  Scenario Outline: Avro types that have no name
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"<text>"}
      """
    Then it answers id 1 version 1
    And its "schema" is "<kept>"

    Examples:
      | text                                             | kept                                                 |
      | \"string\"                                       | \"string\"                                           |
      | {\"type\":\"string\"}                            | \"string\"                                           |
      | [\"null\", \"int\"]                              | [\"null\",\"int\"]                                   |
      | {\"type\": \"array\", \"items\": \"long\"}       | {\"type\":\"array\",\"items\":\"long\"}              |
      | {\"type\":\"map\",\"values\":[\"null\",\"int\"]} | {\"type\":\"map\",\"values\":[\"null\",\"int\"]}     |

  Scenario Outline: what is no schema of its language
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schemaType":"<language>","schema":"<text>"}
      """
    Then it answers error 42201 that says "Invalid schema"
    When GET "/contexts/{c}/subjects"
    Then it answers []

    Examples:
      | language | text                                                                                                      |
      | AVRO     | {\"type\":\"record\",\"name\":\"R\"}                                                                      |
      | AVRO     | \"nosuch\"                                                                                                |
      | AVRO     | {\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"A\"]}                                              |
      | AVRO     | {\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\",\"default\":\"x\"}]}     |
      | AVRO     | [\"int\",\"int\"]                                                                                         |
      | JSON     | {\"type\":                                                                                                |
      | JSON     | {\"type\":\"nosuch\"}                                                                                     |
      | PROTOBUF | syntax = \"proto3\"; message M { int32 a = 1                                                              |
      | PROTOBUF | syntax = \"proto3\"; message M { Nosuch a = 1; }                                                          |

  Scenario: the name of a language is written in capitals
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schemaType":"json","schema":"$J"}
      """
    Then it answers error 42201 "Invalid schema type json"
    When POST "/subjects/:{c}:s" with
      """
      {"schemaType":"XML","schema":"$J"}
      """
    Then it answers error 42201 "Invalid schema type XML"

  Scenario: another language is another schema
    Given POST "/subjects/:{c}:s/versions" with schema A
    When POST "/subjects/:{c}:s/versions" with JSON schema J
    Then it answers error 40901 "Schema being registered is incompatible with an earlier schema for subject \":{c}:s\", details: [Incompatible because of different schema type, {validateFields: 'false', compatibility: 'BACKWARD'}]"
    When PUT "/config/:{c}:s" with level NONE
    And POST "/subjects/:{c}:s/versions" with JSON schema J
    Then it answers id 2 version 2
    When POST "/subjects/:{c}:s/versions" with PROTOBUF schema P
    Then it answers id 3 version 3

  @contexts
  Scenario: every language in every context
    When POST "/subjects/:{c}:s/versions" with PROTOBUF schema P
    Then it answers id 1 version 1
    When POST "/subjects/:{c2}:s/versions" with JSON schema J
    Then it answers id 1 version 1
    When POST "/subjects/:{c3}:s/versions" with schema A
    Then it answers id 1 version 1
    When GET "/contexts/{c}/schemas/ids/1"
    Then its "schemaType" is "PROTOBUF"
    When GET "/contexts/{c2}/schemas/ids/1"
    Then its "schemaType" is "JSON"
    When GET "/contexts/{c3}/schemas/ids/1"
    Then its "schemaType" is "AVRO"

  @contexts
  Scenario: a normalised schema has one text in all contexts
    Given PUT "/config/:{c}:" with
      """
      {"normalize":true}
      """
    When POST "/subjects/:{c}:s/versions" with JSON schema L
    Then its "schema" is "{\"additionalProperties\":false,\"properties\":{\"a\":{\"type\":\"string\"}},\"type\":\"object\"}"
    And call its "guid" {guid}
    When POST "/subjects/:{c2}:s/versions?normalize=true" with JSON schema L
    Then its "guid" is "{guid}"
    When POST "/subjects/:{c3}:s/versions" with JSON schema L
    Then its "schema" is "$L"
