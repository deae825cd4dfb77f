@topic-references
Feature: Schemas that refer to others

  Scenario: a schema that refers to another
    Given POST "/subjects/:{c}:ref/versions" with schema A
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":"ref","version":-1}]}
      """
    Then it answers 200 with
      """
      {"id":2,"version":1,"guid":"<any>","schemaType":"AVRO","references":[{"name":"R","subject":"ref","version":1}],"schema":"$E"}
      """
    When GET "/subjects/:{c}:ref/versions/1/referencedby"
    Then it answers [2]
    When DELETE "/subjects/:{c}:ref/versions/1"
    Then it answers error 42206 "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=:{c}:ref,version=1}."

  Scenario: a reference that leads nowhere
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":"ref","version":1}]}
      """
    Then it answers error 42201

  Scenario: a reference that names nothing says what it wants
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":"ref","version":1}]}
      """
    Then it answers error 42201 that says "No schema reference found for subject \":{c}:ref\" and version 1"

  Scenario: a reference that is not whole
    Given POST "/subjects/:{c}:ref/versions" with schema A
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","version":1}]}
      """
    Then it answers error 42201 that says "Invalid reference"

  Scenario: what is referred to can't be deleted before what refers to it
    Given POST "/subjects/:{c}:ref/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":"ref","version":1}]}
      """
    When DELETE "/subjects/:{c}:ref"
    Then it answers error 42206 "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=:{c}:ref,version=1}."
    When DELETE "/subjects/:{c}:s"
    And DELETE "/subjects/:{c}:ref"
    Then it answers [1]
    When DELETE "/subjects/:{c}:ref?permanent=true"
    Then it answers error 42206
    When DELETE "/subjects/:{c}:s?permanent=true"
    And DELETE "/subjects/:{c}:ref?permanent=true"
    Then it answers [1]

  Scenario: who refers to a version
    Given POST "/subjects/:{c}:ref/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":"ref","version":1}]}
      """
    When GET "/subjects/:{c}:ref/versions/latest/referencedby"
    Then it answers [2]
    When GET "/subjects/:{c}:s/versions/1/referencedby"
    Then it answers []
    When DELETE "/subjects/:{c}:s"
    And GET "/subjects/:{c}:ref/versions/1/referencedby"
    Then it answers []
    When GET "/subjects/:{c}:ref/versions/1/referencedby?deleted=true"
    Then it answers [2]
    When GET "/subjects/:{c}:ref/versions/2/referencedby"
    Then it answers error 40402 "Version 2 not found."

  Scenario: another version referred to makes another schema
    Given POST "/subjects/:{c}:ref/versions" with schema A
    And POST "/subjects/:{c}:ref/versions" with schema B
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":"ref","version":1}]}
      """
    Then it answers id 3 version 1
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":"ref","version":2}]}
      """
    Then it answers id 4 version 2
    And its "references" is [{"name":"R","subject":"ref","version":2}]

  Scenario: references count in a look-up
    Given POST "/subjects/:{c}:ref/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":"ref","version":1}]}
      """
    When POST "/subjects/:{c}:s" with
      """
      {"schema":"$E","references":[{"name":"R","subject":"ref","version":1}]}
      """
    Then its "id" is 2
    When POST "/subjects/:{c}:s" with schema E
    Then it answers error 42201

  Scenario: a soft-deleted version can't be newly referred to
    Given POST "/subjects/:{c}:ref/versions" with schema A
    And POST "/subjects/:{c}:ref/versions" with schema B
    And DELETE "/subjects/:{c}:ref/versions/1"
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":"ref","version":1}]}
      """
    Then it answers error 42201 that says "No schema reference found for subject \":{c}:ref\" and version 1"

  Scenario: an Avro text with its references written in
    Given POST "/subjects/:{c}:ref/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":"ref","version":1}]}
      """
    When GET "/subjects/:{c}:s/versions/1?format=resolved"
    Then its "schema" is "{\"type\":\"record\",\"name\":\"Outer\",\"fields\":[{\"name\":\"r\",\"type\":{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f1\",\"type\":\"string\"}]}}]}"
    When GET "/subjects/:{c}:s/versions/1"
    Then its "schema" is "$E"

  Scenario: a Protobuf file imports another
    Given POST "/subjects/:{c}:m/versions" with PROTOBUF schema P
    When POST "/subjects/:{c}:n/versions" with
      """
      {"schemaType":"PROTOBUF","schema":"$S","references":[{"name":"m.proto","subject":"m","version":1}]}
      """
    Then it answers id 2 version 1
    When POST "/subjects/:{c}:n2/versions" with PROTOBUF schema S
    Then it answers error 42201

  Scenario: a JSON Schema refers to another
    Given POST "/subjects/:{c}:a/versions" with JSON schema J
    When POST "/subjects/:{c}:b/versions" with
      """
      {"schemaType":"JSON","schema":"{\"type\":\"array\",\"items\":{\"$ref\":\"a.json\"}}","references":[{"name":"a.json","subject":"a","version":1}]}
      """
    Then it answers id 2 version 1
    When GET "/subjects/:{c}:a/versions/1/referencedby"
    Then it answers [2]

  @contexts
  Scenario: a plain reference is one of the referrer's context
    Given POST "/subjects/:{c2}:ref/versions" with schema B
    And POST "/subjects/:{c}:ref/versions" with schema A
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":"ref","version":1}]}
      """
    Then it answers id 2 version 1
    When GET "/subjects/:{c}:s/versions/1?format=resolved"
    Then its "schema" is "{\"type\":\"record\",\"name\":\"Outer\",\"fields\":[{\"name\":\"r\",\"type\":{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f1\",\"type\":\"string\"}]}}]}"
    When GET "/subjects/:{c2}:ref/versions/1/referencedby"
    Then it answers []

  @contexts
  Scenario: a qualified reference leads into another context
    Given POST "/subjects/:{c2}:ref/versions" with schema A
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":":{c2}:ref","version":1}]}
      """
    Then it answers id 1 version 1
    And its "references" is [{"name":"R","subject":":{c2}:ref","version":1}]
    When GET "/subjects/:{c2}:ref/versions/1/referencedby"
    Then it answers [1]
    When DELETE "/subjects/:{c2}:ref"
    Then it answers error 42206 "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=:{c2}:ref,version=1}."
    When DELETE "/subjects/:{c}:s"
    And DELETE "/subjects/:{c}:s?permanent=true"
    And DELETE "/subjects/:{c2}:ref"
    Then it answers [1]

  @contexts
  Scenario: references are shown as written, or qualified
    Given POST "/subjects/:{c}:ref/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":"ref","version":1}]}
      """
    When GET "/subjects/:{c}:s/versions/1"
    Then its "references.0.subject" is "ref"
    When GET "/subjects/:{c}:s/versions/1?referenceFormat=qualified"
    Then its "references.0.subject" is ":{c}:ref"
    When GET "/contexts/{c}/schemas/ids/2?referenceFormat=qualified"
    Then its "references.0.subject" is ":{c}:ref"
    When GET "/subjects/:{c}:s/versions/1?referenceFormat=nosuch"
    Then its "references.0.subject" is "ref"

  @contexts
  Scenario: the newest version of another context is pinned when the reference is written
    Given POST "/subjects/:{c2}:ref/versions" with schema A
    And POST "/subjects/:{c2}:ref/versions" with schema B
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":":{c2}:ref","version":-1}]}
      """
    Then its "references" is [{"name":"R","subject":":{c2}:ref","version":2}]
    When DELETE "/subjects/:{c2}:ref/versions/1"
    Then it answers 200
    When DELETE "/subjects/:{c2}:ref/versions/2"
    Then it answers error 42206

  @contexts
  Scenario: a missing reference names the context that was searched
    Given POST "/subjects/:{c2}:ref/versions" with schema A
    When POST "/contexts/{c}/subjects/s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":"ref","version":1}]}
      """
    Then it answers error 42201 that says "No schema reference found for subject \":{c}:ref\" and version 1"
    When POST "/contexts/{c}/subjects/s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":":{c2}:ref","version":3}]}
      """
    Then it answers error 42201 that says "No schema reference found for subject \":{c2}:ref\" and version 3"

  @contexts
  Scenario: a chain of references through two contexts
    Given POST "/subjects/:{c2}:ref/versions" with schema A
    And POST "/subjects/:{c2}:outer/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":"ref","version":1}]}
      """
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"{\"type\":\"array\",\"items\":\"Outer\"}","references":[{"name":"Outer","subject":":{c2}:outer","version":1}]}
      """
    Then it answers id 1 version 1
    When GET "/subjects/:{c}:s/versions/1?format=resolved"
    Then its "schema" is "{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Outer\",\"fields\":[{\"name\":\"r\",\"type\":{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f1\",\"type\":\"string\"}]}}]}}"

  Scenario: versions of one subject may refer to each other and go together
    Given POST "/subjects/:{c}:s/versions" with schema A
    And PUT "/config/:{c}:s" with level NONE
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":"s","version":1}]}
      """
    When DELETE "/subjects/:{c}:s"
    Then it answers [1,2]
    When DELETE "/subjects/:{c}:s?permanent=true"
    Then it answers [1,2]
