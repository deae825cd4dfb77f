@topic-operations
Feature: Registering and looking up

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

  Scenario: a schema under a second subject keeps its ID
    Given POST "/subjects/:{c}:a/versions" with schema A
    And POST "/subjects/:{c}:b/versions" with schema B
    When POST "/subjects/:{c}:b/versions" with schema A
    Then it answers id 1 version 2

  Scenario: a look-up tells the version
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with schema B
    When POST "/subjects/:{c}:s" with schema A
    Then its "version" is 1
    When POST "/subjects/:{c}:s" with schema B
    Then its "version" is 2
    And its "id" is 2

  Scenario: a look-up finds what is deleted when asked to
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with schema B
    And DELETE "/subjects/:{c}:s/versions/1"
    When POST "/subjects/:{c}:s" with schema A
    Then it answers error 40403 "Schema not found"
    When POST "/subjects/:{c}:s?deleted=true" with schema A
    Then its "version" is 1
    When DELETE "/subjects/:{c}:s"
    And POST "/subjects/:{c}:s" with schema B
    Then it answers error 40401 "Subject ':{c}:s' not found."

  Scenario: an empty body takes the text of the version before
    Given POST "/subjects/:{c}:s/versions" with schema A
    When POST "/subjects/:{c}:s/versions" with
      """
      {}
      """
    Then it answers id 1 version 1
    And its "schema" is "$A"
    When POST "/subjects/:{c}:s/versions" with
      """
      {"metadata":{"properties":{"owner":"x"}}}
      """
    Then it answers id 2 version 2
    And its "schema" is "$A"

  Scenario: the version can be asked for, if it is the next one
    Given POST "/subjects/:{c}:s/versions" with schema A
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$B","version":3}
      """
    Then it answers error 42201 "Version is not one more than previous version"
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","version":2}
      """
    Then it answers {"id":2,"version":2,"guid":"d5098fce-a8d8-457a-a304-21de965bee57","schemaType":"AVRO","metadata":{"properties":{"confluent:version":"2"}},"schema":"$A"}
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers id 1 version 1
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","version":-1}
      """
    Then it answers id 2 version 2

  Scenario: metadata is handed on to the next version
    Given POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","metadata":{"properties":{"owner":"x"},"tags":{"**.f1":["PII"]},"sensitive":["owner"]}}
      """
    When POST "/subjects/:{c}:s/versions" with schema B
    Then its "metadata" is {"tags":{"**.f1":["PII"]},"properties":{"owner":"x"},"sensitive":["owner"]}
    When GET "/contexts/{c}/schemas/ids/2"
    Then its "metadata.properties.owner" is "x"
    When POST "/subjects/:{c}:s" with schema B
    Then its "version" is 2

  Scenario: normalising sorts what has no order
    When POST "/subjects/:{c}:s/versions?normalize=true" with
      """
      {"schemaType":"JSON","schema":"{\"type\": \"object\", \"properties\": {\"b\": {\"type\": \"string\"}, \"a\": {\"type\": \"string\"}}, \"additionalProperties\": false}"}
      """
    Then its "schema" is "{\"additionalProperties\":false,\"properties\":{\"a\":{\"type\":\"string\"},\"b\":{\"type\":\"string\"}},\"type\":\"object\"}"
    When POST "/subjects/:{c}:s" with JSON schema M
    Then it answers error 40403 "Schema not found"
    When POST "/subjects/:{c}:s?normalize=true" with JSON schema M
    Then its "version" is 1

  Scenario: without normalising the order stays, and blanks go
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schemaType":"JSON","schema":" { \"type\" : \"object\" , \"properties\" : { \"a\" : { \"type\" : \"string\" } } } "}
      """
    Then its "schema" is "$J"

  Scenario: the config's normalize counts like the query's
    Given PUT "/config/:{c}:s" with
      """
      {"normalize":true}
      """
    When POST "/subjects/:{c}:s/versions" with JSON schema L
    Then its "schema" is "{\"additionalProperties\":false,\"properties\":{\"a\":{\"type\":\"string\"}},\"type\":\"object\"}"
    When POST "/subjects/:{c}:t/versions" with JSON schema L
    Then its "schema" is "$L"

  @contexts
  Scenario: operations under the prefix show qualified names
    Given POST "/contexts/{c}/subjects/s/versions" with schema A
    When POST "/contexts/{c}/subjects/s" with schema A
    Then it answers schema A of ":{c}:s"
    When GET "/contexts/{c}/subjects/s/versions/latest"
    Then it answers schema A of ":{c}:s"
    When DELETE "/contexts/{c}/subjects/s/versions/1"
    Then it answers 200
    When DELETE "/contexts/{c}/subjects/s/versions/1"
    Then it answers error 40406 "Subject ':{c}:s' Version 1 was soft deleted.Set permanent=true to delete permanently"

  @contexts
  Scenario: a subject without a name is one of its context
    When POST "/subjects/:{c}:/versions" with schema A
    Then it answers id 1 version 1
    When GET "/subjects/:{c}:/versions/1"
    Then it answers schema A of ":{c}:"
    When GET "/contexts/{c}/subjects"
    Then it answers [":{c}:"]

  @contexts
  Scenario: an alias leads to another subject, for reads and for writes
    Given POST "/subjects/:{c}:s/versions" with schema A
    And PUT "/config/:{c}:al" with
      """
      {"alias":"s"}
      """
    When GET "/subjects/:{c}:al/versions/1"
    Then it answers schema A of ":{c}:s"
    When POST "/subjects/:{c}:al/versions" with schema B
    Then it answers id 2 version 2
    When GET "/subjects/:{c}:s/versions"
    Then it answers [1,2]
    When GET "/config/:{c}:al"
    Then it answers {"alias":"s","compatibilityLevel":"BACKWARD"}
    When GET "/mode/:{c}:al"
    Then it answers error 40409
    When DELETE "/subjects/:{c}:al"
    Then it answers [1,2]
    When GET "/subjects/:{c}:s/versions"
    Then it answers error 40401 "Subject ':{c}:s' not found."

  @contexts
  Scenario: an alias may lead into another context, one hop far
    Given POST "/subjects/:{c2}:s/versions" with schema A
    And PUT "/config/:{c}:al" with
      """
      {"alias":":{c2}:s"}
      """
    And PUT "/config/:{c}:al2" with
      """
      {"alias":"al"}
      """
    When GET "/subjects/:{c}:al/versions/1"
    Then it answers schema A of ":{c2}:s"
    When GET "/subjects/:{c}:al2/versions/1"
    Then it answers error 40401 "Subject ':{c}:al' not found."
