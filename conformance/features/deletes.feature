@topic-deletes
Feature: Deleting in two steps

  Scenario: soft, then for good
    Given POST "/subjects/:{c}:s/versions" with schema A
    When DELETE "/subjects/:{c}:s/versions/1?permanent=true"
    Then it answers error 40407 "Subject ':{c}:s' Version 1 was not deleted first before being permanently deleted"
    When DELETE "/subjects/:{c}:s/versions/1"
    Then it answers 200 with
      """
      1
      """
    When DELETE "/subjects/:{c}:s/versions/1"
    Then it answers error 40406 "Subject ':{c}:s' Version 1 was soft deleted.Set permanent=true to delete permanently"
    When DELETE "/subjects/:{c}:s/versions/1?permanent=true"
    Then it answers 200 with
      """
      1
      """
    When DELETE "/subjects/:{c}:s/versions/1?permanent=true"
    Then it answers error 40401 "Subject ':{c}:s' not found."

  Scenario: a whole subject
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with schema B
    When DELETE "/subjects/:{c}:s?permanent=true"
    Then it answers error 40405 "Subject ':{c}:s' was not deleted first before being permanently deleted"
    When DELETE "/subjects/:{c}:s"
    Then it answers [1,2]
    When DELETE "/subjects/:{c}:s"
    Then it answers error 40404 "Subject ':{c}:s' was soft deleted.Set permanent=true to delete permanently"
    When DELETE "/subjects/:{c}:s?permanent=true"
    Then it answers [1,2]
    When GET "/subjects/:{c}:s/versions?deleted=true"
    Then it answers error 40401

  Scenario: a soft-deleted schema is still read by its ID
    Given POST "/subjects/:{c}:s/versions" with schema A
    And DELETE "/subjects/:{c}:s"
    When GET "/contexts/{c}/schemas/ids/1"
    Then it answers 200 with
      """
      {"subject":":{c}:s","version":1,"guid":"<any>","schemaType":"AVRO","schema":"$A","ts":"<ms>","deleted":true}
      """
    When GET "/subjects/:{c}:s/versions/1"
    Then it answers error 40401 "Subject ':{c}:s' not found."
    When GET "/subjects/:{c}:s/versions/1?deleted=true"
    Then it answers schema A of ":{c}:s"

  Scenario: a hard-deleted schema is gone, and its ID is not used again
    Given POST "/subjects/:{c}:s/versions" with schema A
    And DELETE "/subjects/:{c}:s"
    And DELETE "/subjects/:{c}:s?permanent=true"
    When GET "/contexts/{c}/schemas/ids/1"
    Then it answers error 40403 "Schema 1 not found"
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers id 2 version 1

  Scenario: registering again after a soft delete keeps the ID
    Given POST "/subjects/:{c}:s/versions" with schema A
    And DELETE "/subjects/:{c}:s/versions/1"
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers id 1 version 2
    When GET "/subjects/:{c}:s/versions?deleted=true"
    Then it answers [2]

  Scenario: deleted versions in the list
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with schema B
    And DELETE "/subjects/:{c}:s/versions/1"
    When GET "/subjects/:{c}:s/versions"
    Then it answers [2]
    When GET "/subjects/:{c}:s/versions?deletedAsNegative=true"
    Then it answers [-1,2]
    When GET "/subjects/:{c}:s/versions?deletedOnly=true"
    Then it answers [1]

  Scenario: the latest version goes down with a soft delete
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with schema B
    When DELETE "/subjects/:{c}:s/versions/latest"
    Then it answers 200 with
      """
      2
      """
    When GET "/subjects/:{c}:s/versions/latest"
    Then it answers schema A of ":{c}:s"
    When DELETE "/subjects/:{c}:s/versions/latest?permanent=true"
    Then it answers error 40407 "Subject ':{c}:s' Version 1 was not deleted first before being permanently deleted"

  Scenario: nothing live is left
    Given POST "/subjects/:{c}:s/versions" with schema A
    And DELETE "/subjects/:{c}:s"
    When GET "/subjects/:{c}:s/versions/latest"
    Then it answers error 40401 "Subject ':{c}:s' not found."
    When GET "/subjects/:{c}:s/versions/latest?deleted=true"
    Then it answers error 40402 "Version -1 not found."
    When DELETE "/subjects/:{c}:s/versions/latest?permanent=true"
    Then it answers error 40402 "Version -1 not found."

  Scenario: the number of the newest version is used again, its ID is not
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with schema B
    And DELETE "/subjects/:{c}:s/versions/2"
    And DELETE "/subjects/:{c}:s/versions/2?permanent=true"
    When POST "/subjects/:{c}:s/versions" with schema B
    Then it answers id 3 version 2

  Scenario: the number of a soft-deleted version is not used again
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with schema B
    And DELETE "/subjects/:{c}:s/versions/2"
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","metadata":{}}
      """
    Then it answers id 3 version 3

  Scenario: a version of two is gone for good while the other lives
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with schema B
    And DELETE "/subjects/:{c}:s/versions/1"
    When GET "/subjects/:{c}:s/versions/1"
    Then it answers error 40402 "Version 1 not found."
    When DELETE "/subjects/:{c}:s/versions/1?permanent=true"
    Then it answers 200
    When DELETE "/subjects/:{c}:s/versions/1"
    Then it answers error 40402 "Version 1 not found."
    When GET "/subjects/:{c}:s/versions?deleted=true"
    Then it answers [2]

  Scenario: an ID is known as long as one subject has it
    Given POST "/subjects/:{c}:a/versions" with schema A
    And POST "/subjects/:{c}:b/versions" with schema A
    And DELETE "/subjects/:{c}:a"
    And DELETE "/subjects/:{c}:a?permanent=true"
    When GET "/contexts/{c}/schemas/ids/1"
    Then it answers schema A of ":{c}:b"
    When GET "/contexts/{c}/schemas/ids/1/subjects"
    Then it answers [":{c}:b"]
    When POST "/subjects/:{c}:a/versions" with schema A
    Then it answers id 1 version 1

  Scenario: subjects and versions of a deleted schema's ID
    Given POST "/subjects/:{c}:s/versions" with schema A
    And DELETE "/subjects/:{c}:s"
    When GET "/contexts/{c}/schemas/ids/1/versions"
    Then it answers []
    When GET "/contexts/{c}/schemas/ids/1/versions?deleted=true"
    Then it answers [{"subject":":{c}:s","version":1}]
    When GET "/contexts/{c}/schemas/ids/1/subjects"
    Then it answers []
    When GET "/contexts/{c}/schemas/ids/1/subjects?deleted=true"
    Then it answers [":{c}:s"]

  Scenario: what isn't there can't be deleted
    When DELETE "/subjects/:{c}:s"
    Then it answers error 40401 "Subject ':{c}:s' not found."
    When DELETE "/subjects/:{c}:s/versions/1"
    Then it answers error 40401 "Subject ':{c}:s' not found."
    When POST "/subjects/:{c}:s/versions" with schema A
    And DELETE "/subjects/:{c}:s/versions/7"
    Then it answers error 40402 "Version 7 not found."
    When DELETE "/subjects/:{c}:s/versions/x"
    Then it answers error 42202

  Scenario: a subject of which a version lives isn't deleted for good
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with schema B
    And DELETE "/subjects/:{c}:s/versions/1"
    When DELETE "/subjects/:{c}:s?permanent=true"
    Then it answers error 40405 "Subject ':{c}:s' was not deleted first before being permanently deleted"
    When DELETE "/subjects/:{c}:s"
    Then it answers [2]
    When DELETE "/subjects/:{c}:s?permanent=true"
    Then it answers [1,2]

  @beyond
  Scenario: a guid is forgotten with its last schema
    Given POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"{\"type\":\"fixed\",\"name\":\"F{u}\",\"size\":4}"}
      """
    Then call its "guid" {guid}
    When DELETE "/subjects/:{c}:s"
    And GET "/schemas/guids/{guid}"
    Then its "deleted" is true
    When DELETE "/subjects/:{c}:s?permanent=true"
    And GET "/schemas/guids/{guid}"
    Then it answers error 40403 "Schema {guid} not found"
    When GET "/schemas/guids/{guid}/ids"
    Then it answers []

  @contexts
  Scenario: a subject without a name is not a whole context
    Given POST "/subjects/:{c}:s/versions" with schema A
    When DELETE "/subjects/:{c}:"
    Then it answers []
    When GET "/subjects/:{c}:/versions"
    Then it answers []
    When GET "/subjects/:{c}:s/versions"
    Then it answers [1]

  @contexts
  Scenario: a deleted schema shows its qualified name
    Given POST "/contexts/{c}/subjects/s/versions" with schema A
    When DELETE "/contexts/{c}/subjects/s"
    And GET "/contexts/{c}/subjects/s/versions/1?deleted=true"
    Then its "deleted" is true
    And its "subject" is ":{c}:s"
    When GET "/contexts/{c2}/subjects/s/versions/1?deleted=true"
    Then it answers error 40401 "Subject ':{c2}:s' not found."
