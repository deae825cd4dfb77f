@operations
Feature: Registering, looking up, evolving

  Scenario: registering twice changes nothing
    Given POST "/subjects/:{c}:s/versions" with schema A
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers id 1 version 1
    When GET "/subjects/:{c}:s/versions"
    Then it answers [1]

  Scenario: blanks make no new schema
    Given POST "/subjects/:{c}:s/versions" with schema A
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"{ \"type\": \"record\", \"name\": \"R\",\n \"fields\": [ {\"type\": \"string\", \"name\": \"f1\"} ] }"}
      """
    Then it answers id 1 version 1

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

  Scenario: an invalid schema is refused
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"{\"type\":\"record\",\"name\":\"R\"}"}
      """
    Then it answers error 42201
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"\"string\"","schemaType":"avro"}
      """
    Then it answers error 42201 "Invalid schema type avro"
    When POST "/subjects/:{c}:s/versions" with
      """
      {}
      """
    Then it answers error 42201 "Empty schema"

  Scenario: the level of a subject decides
    Given POST "/subjects/:{c}:s/versions" with schema A
    And PUT "/config/:{c}:s" with level NONE
    When POST "/subjects/:{c}:s/versions" with schema D
    Then it answers id 2 version 2

  Scenario: metadata makes another schema
    Given POST "/subjects/:{c}:s/versions" with schema A
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","metadata":{}}
      """
    Then it answers 200 with
      """
      {"id":2,"version":2,"guid":"105a1869-3460-4ac4-0cfe-e92626828891","schemaType":"AVRO","metadata":{},"schema":"$A"}
      """

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
