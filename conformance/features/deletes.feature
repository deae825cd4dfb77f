@deletes
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
