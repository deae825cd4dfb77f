@topic-tags
Feature: Tags of records and fields

  Scenario: a version is tagged into a new one
    Given POST "/subjects/:{c}:s/versions" with schema A
    When POST "/subjects/:{c}:s/versions/1/tags" with
      """
      {"newVersion":2,"tagsToAdd":[{"schemaEntity":{"entityPath":"R.f1","entityType":"sr_field"},"tags":["PII","x y"]}]}
      """
    Then it answers {"id":2,"version":2,"guid":"<any>","schemaType":"AVRO","metadata":{"properties":{"confluent:version":"2"}},"schema":"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f1\",\"type\":\"string\",\"confluent:tags\":[\"PII\",\"x y\"]}]}"}
    When GET "/subjects/:{c}:s/versions/2?findTags=PII&findTags=none"
    Then it answers {"subject":":{c}:s","version":2,"id":2,"guid":"<any>","schemaType":"AVRO","metadata":{"properties":{"confluent:version":"2"}},"schema":"<any>","schemaTags":[{"schemaEntity":{"entityPath":"R.f1","entityType":"sr_field"},"tags":["PII","x y"]}],"ts":"<ms>","deleted":false}
    When GET "/contexts/{c}/schemas/ids/2?findTags=none"
    Then it answers {"subject":":{c}:s","version":2,"guid":"<any>","schemaType":"AVRO","schema":"<any>","metadata":{"properties":{"confluent:version":"2"}},"ts":"<ms>","deleted":false}

  Scenario: tags come along with a registration, and are handed on
    Given POST "/subjects/:{c}:s/versions" with
      """
      {"schemaType":"JSON","schema":"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}","schemaTagsToAdd":[{"schemaEntity":{"entityPath":"object.a","entityType":"sr_field"},"tags":["PII"]}]}
      """
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schemaType":"JSON","schema":"{\"type\":\"object\",\"title\":\"T\",\"properties\":{\"a\":{\"type\":\"string\"}}}","propagateSchemaTags":true}
      """
    Then it answers {"id":2,"version":2,"guid":"<any>","schemaType":"JSON","metadata":{"properties":{"confluent:version":"2"}},"schema":"{\"type\":\"object\",\"title\":\"T\",\"properties\":{\"a\":{\"type\":\"string\",\"confluent:tags\":[\"PII\"]}}}"}

  Scenario: what isn't there can't be tagged
    Given POST "/subjects/:{c}:s/versions" with
      """
      {"schemaType":"PROTOBUF","schema":"syntax = \"proto3\"; message M { int32 a = 1; }"}
      """
    When POST "/subjects/:{c}:s/versions/latest/tags" with
      """
      {"tagsToAdd":[{"schemaEntity":{"entityPath":"M.b","entityType":"sr_field"},"tags":["PII"]}]}
      """
    Then it answers error 42201 "java.lang.IllegalArgumentException: No matching Field with name 'b' found in the schema"
    When POST "/subjects/:{c}:s/versions/2/tags" with
      """
      {}
      """
    Then it answers error 40402 "Version 2 not found."
    When POST "/subjects/:{c}:s/versions/1/tags" with
      """
      {"newVersion":3}
      """
    Then it answers error 42201 "Version is not one more than previous version"

  Scenario: a record is tagged, and a tag is taken away
    Given POST "/subjects/:{c}:s/versions" with schema A
    When POST "/subjects/:{c}:s/versions/latest/tags" with
      """
      {"newVersion":2,"tagsToAdd":[{"schemaEntity":{"entityPath":"R","entityType":"sr_record"},"tags":["T","U"]}]}
      """
    Then it answers id 2 version 2
    When POST "/subjects/:{c}:s/versions/2/tags" with
      """
      {"newVersion":3,"tagsToRemove":[{"schemaEntity":{"entityPath":"R","entityType":"sr_record"},"tags":["U"]}]}
      """
    Then it answers id 3 version 3
    When GET "/subjects/:{c}:s/versions/3?findTags=*"
    Then its "schemaTags" is [{"schemaEntity":{"entityPath":"R","entityType":"sr_record"},"tags":["T"]}]
    When GET "/subjects/:{c}:s/versions/1?findTags=*"
    Then it has no "schemaTags"

  @contexts
  Scenario: tags of one context are not those of another
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c2}:s/versions" with schema A
    When POST "/contexts/{c}/subjects/s/versions/1/tags" with
      """
      {"newVersion":2,"tagsToAdd":[{"schemaEntity":{"entityPath":"R.f1","entityType":"sr_field"},"tags":["PII"]}]}
      """
    Then it answers id 2 version 2
    When GET "/subjects/:{c2}:s/versions"
    Then it answers [1]
    When GET "/contexts/{c}/subjects/s/versions/latest?findTags=PII"
    Then its "schemaTags.0.tags" is ["PII"]
