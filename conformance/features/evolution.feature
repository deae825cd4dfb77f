@topic-evolution
Feature: Schemas that follow one another

  Scenario: an incompatible schema is refused with the reason
    Given POST "/subjects/:{c}:s/versions" with schema A
    When POST "/subjects/:{c}:s/versions" with schema C
    Then it answers 409 with
      """
      {"error_code":40901,"message":"Schema being registered is incompatible with an earlier schema for subject \":{c}:s\", details: [{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'f2' at path '/fields/1' in the new schema has no default value and is missing in the old schema', additionalInfo:'f2'}, {oldSchemaVersion: 1}, {oldSchema: '{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f1\",\"type\":\"string\"}]}'}, {validateFields: 'false', compatibility: 'BACKWARD'}]"}
      """

  Scenario: checking before registering
    Given POST "/subjects/:{c}:s/versions" with schema A
    When POST "/compatibility/subjects/:{c}:s/versions/latest" with schema B
    Then it answers {"is_compatible":true}
    When POST "/compatibility/subjects/:{c}:s/versions" with schema C
    Then it answers {"is_compatible":false}
    When POST "/compatibility/subjects/:{c}:s/versions/latest?verbose=true" with schema B
    Then it answers {"is_compatible":true,"messages":[]}
    When POST "/contexts/{c}/compatibility/subjects/s/versions/7" with schema A
    Then it answers error 40402 "Version 7 not found."

  Scenario: force skips the check
    Given POST "/subjects/:{c}:s/versions" with schema A
    When POST "/subjects/:{c}:s/versions?force=true" with schema C
    Then it answers id 2 version 2

  Scenario: the level of a subject decides
    Given POST "/subjects/:{c}:s/versions" with schema A
    And PUT "/config/:{c}:s" with level NONE
    When POST "/subjects/:{c}:s/versions" with schema D
    Then it answers id 2 version 2

  Scenario Outline: what each level lets through
    Given PUT "/config/:{c}:s" with level <level>
    And POST "/subjects/:{c}:s/versions" with schema <first>
    When POST "/compatibility/subjects/:{c}:s/versions/latest" with schema <second>
    Then it answers {"is_compatible":<verdict>}

    Examples:
      | level    | first | second | verdict |
      | BACKWARD | A     | B      | true    |
      | BACKWARD | A     | C      | false   |
      | BACKWARD | C     | A      | true    |
      | FORWARD  | A     | C      | true    |
      | FORWARD  | C     | A      | false   |
      | FULL     | A     | B      | true    |
      | FULL     | A     | C      | false   |
      | FULL     | C     | A      | false   |
      | NONE     | A     | D      | true    |

  Scenario: a transitive level compares with every version
    Given PUT "/config/:{c}:s" with level NONE
    And POST "/subjects/:{c}:s/versions" with schema D
    And POST "/subjects/:{c}:s/versions" with schema A
    When PUT "/config/:{c}:s" with level BACKWARD
    And POST "/compatibility/subjects/:{c}:s/versions" with schema B
    Then it answers {"is_compatible":true}
    When PUT "/config/:{c}:s" with level BACKWARD_TRANSITIVE
    And POST "/compatibility/subjects/:{c}:s/versions" with schema B
    Then it answers {"is_compatible":false}
    When POST "/subjects/:{c}:s/versions" with schema B
    Then it answers error 40901

  Scenario: one version is compared whatever the level's reach
    Given PUT "/config/:{c}:s" with level NONE
    And POST "/subjects/:{c}:s/versions" with schema D
    And POST "/subjects/:{c}:s/versions" with schema A
    And PUT "/config/:{c}:s" with level BACKWARD
    When POST "/compatibility/subjects/:{c}:s/versions/1" with schema B
    Then it answers {"is_compatible":false}
    When POST "/compatibility/subjects/:{c}:s/versions/2" with schema B
    Then it answers {"is_compatible":true}

  Scenario: the reason of a check, in both directions
    Given PUT "/config/:{c}:s" with level FULL
    And POST "/subjects/:{c}:s/versions" with schema C
    When POST "/compatibility/subjects/:{c}:s/versions/latest?verbose=true" with schema A
    Then it answers {"is_compatible":false,"messages":["{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'f2' at path '/fields/1' in the old schema has no default value and is missing in the new schema', additionalInfo:'f2'}","{validateFields: 'false', compatibility: 'FULL'}"]}

  Scenario: soft-deleted versions don't count
    Given POST "/subjects/:{c}:s/versions" with schema D
    And DELETE "/subjects/:{c}:s/versions/1"
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers id 2 version 2
    When POST "/compatibility/subjects/:{c}:s/versions/1" with schema A
    Then it answers error 40402 "Version 1 not found."

  Scenario: a subject that isn't there takes anything
    When POST "/compatibility/subjects/:{c}:s/versions/latest" with schema A
    Then it answers {"is_compatible":true}
    When POST "/compatibility/subjects/:{c}:s/versions" with schema A
    Then it answers {"is_compatible":true}
    When POST "/compatibility/subjects/:{c}:s/versions/1" with schema A
    Then it answers error 40402 "Version 1 not found."

  Scenario: a check of what is no schema
    Given POST "/subjects/:{c}:s/versions" with schema A
    When POST "/compatibility/subjects/:{c}:s/versions/latest" with
      """
      {"schema":"{\"type\":\"record\",\"name\":\"R\"}"}
      """
    Then it answers error 42201
    When POST "/compatibility/subjects/:{c}:s/versions/latest?verbose=true" with
      """
      {"schema":"{\"type\":\"record\",\"name\":\"R\"}"}
      """
    Then its "is_compatible" is false
    When POST "/compatibility/subjects/:{c}:s/versions" with
      """
      {"schema":"{\"type\":\"record\",\"name\":\"R\"}"}
      """
    Then it answers error 42201

  Scenario: an open JSON Schema takes no new property, a closed one does
    Given POST "/subjects/:{c}:open/versions" with JSON schema J
    And POST "/subjects/:{c}:closed/versions" with JSON schema L
    When POST "/compatibility/subjects/:{c}:open/versions/latest?verbose=true" with JSON schema K
    Then its "is_compatible" is false
    And its "messages.0" is "{errorType:\"OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL\", description:\"The new schema has an open content model and has a property or item at path '#/properties/b' which is missing in the old schema'}"
    When POST "/compatibility/subjects/:{c}:closed/versions/latest" with JSON schema M
    Then it answers {"is_compatible":true}

  Scenario: the lenient policy takes both
    Given PUT "/config/:{c}:s" with
      """
      {"compatibilityPolicy":"LENIENT"}
      """
    And POST "/subjects/:{c}:s/versions" with JSON schema J
    When POST "/subjects/:{c}:s/versions" with JSON schema K
    Then it answers id 2 version 2
    When POST "/subjects/:{c}:s/versions" with JSON schema J
    Then it answers id 1 version 1

  Scenario: Protobuf fields are matched by number
    Given POST "/subjects/:{c}:s/versions" with PROTOBUF schema P
    When POST "/subjects/:{c}:s/versions" with PROTOBUF schema Q
    Then it answers id 2 version 2
    When POST "/compatibility/subjects/:{c}:s/versions/latest?verbose=true" with PROTOBUF schema R
    Then its "is_compatible" is false
    And its "messages.0" is "{errorType:\"FIELD_SCALAR_KIND_CHANGED\", description:\"The kind of a SCALAR field at path '#/M/1' in the new schema does not match its kind in the old schema\"}"

  Scenario: another Protobuf package is another schema
    Given POST "/subjects/:{c}:s/versions" with
      """
      {"schemaType":"PROTOBUF","schema":"syntax = \"proto3\"; package p; message M { int32 a = 1; }"}
      """
    When POST "/compatibility/subjects/:{c}:s/versions/latest?verbose=true" with
      """
      {"schemaType":"PROTOBUF","schema":"syntax = \"proto3\"; package q; message M { int32 a = 1; }"}
      """
    Then its "messages.0" is "{errorType:\"PACKAGE_CHANGED\", description:\"The package at '#/' in the new schema does not match the package in the old schema\"}"

  Scenario: a group of versions is compared within itself
    Given PUT "/config/:{c}:s" with
      """
      {"compatibilityGroup":"g"}
      """
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","metadata":{"properties":{"g":"1"}}}
      """
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$D","metadata":{"properties":{"g":"2"}}}
      """
    Then it answers id 2 version 2
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$C","metadata":{"properties":{"g":"1"}}}
      """
    Then it answers error 40901
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$B","metadata":{"properties":{"g":"1"}}}
      """
    Then it answers id 3 version 3

  Scenario: a reserved field can't be used, nor given up
    Given PUT "/config/:{c}:s" with
      """
      {"validateFields":true}
      """
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","metadata":{"properties":{"confluent:reserved":"f2"}}}
      """
    When POST "/compatibility/subjects/:{c}:s/versions/latest?verbose=true" with
      """
      {"schema":"$B","metadata":{"properties":{"confluent:reserved":"f2"}}}
      """
    Then its "is_compatible" is false
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$B","metadata":{"properties":{"confluent:reserved":"f3"}}}
      """
    Then it answers error 40901 that says "The new schema has reserved field f2 removed from its metadata which is present in the old schema's metadata."

  @contexts
  Scenario: a context's level holds for its subjects
    Given PUT "/config/:{c}:" with level FORWARD
    And POST "/subjects/:{c}:s/versions" with schema C
    And POST "/subjects/:{c2}:s/versions" with schema C
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers error 40901
    When POST "/subjects/:{c2}:s/versions" with schema A
    Then it answers id 2 version 2

  @contexts
  Scenario: a reference's newer version is compared in place
    Given POST "/subjects/:{c2}:ref/versions" with schema A
    And POST "/subjects/:{c2}:ref/versions" with schema B
    And PUT "/config/:{c2}:ref" with level NONE
    And POST "/subjects/:{c2}:ref/versions" with schema D
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":":{c2}:ref","version":1}]}
      """
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":":{c2}:ref","version":2}]}
      """
    Then it answers id 2 version 2
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":":{c2}:ref","version":3}]}
      """
    Then it answers error 40901
