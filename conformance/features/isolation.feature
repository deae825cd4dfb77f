@isolation
Feature: Contexts are registries of their own

  Scenario: each context counts its IDs from 1
    When POST "/subjects/:{c}:a/versions" with schema A
    Then it answers id 1 version 1
    When POST "/subjects/:{c}:b/versions" with schema B
    Then it answers id 2 version 1
    When POST "/subjects/:{c2}:a/versions" with schema B
    Then it answers id 1 version 1

  Scenario: the same ID means another schema in another context
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c2}:s/versions" with schema B
    When GET "/contexts/{c}/schemas/ids/1"
    Then it answers schema A of ":{c}:s"
    When GET "/contexts/{c2}/schemas/ids/1"
    Then it answers schema B of ":{c2}:s"

  Scenario: the same schema has the same guid in every context
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers 200 with
      """
      {"id":1,"version":1,"guid":"acb9a771-413f-2f1c-6a25-9db09a05dd82","schemaType":"AVRO","schema":"$A"}
      """
    When POST "/subjects/:{c2}:s/versions" with schema A
    Then it answers 200 with
      """
      {"id":1,"version":1,"guid":"acb9a771-413f-2f1c-6a25-9db09a05dd82","schemaType":"AVRO","schema":"$A"}
      """

  Scenario: a schema is shared by the subjects of one context only
    Given POST "/subjects/:{c}:a/versions" with schema A
    When POST "/subjects/:{c}:b/versions" with schema A
    Then it answers id 1 version 1
    When GET "/contexts/{c}/schemas/ids/1/versions"
    Then it answers [{"subject":":{c}:a","version":1},{"subject":":{c}:b","version":1}]
    When GET "/contexts/{c2}/schemas/ids/1/versions"
    Then it answers error 40403 "Schema not found"

  Scenario: versions of one name grow apart
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with schema B
    And POST "/subjects/:{c2}:s/versions" with schema A
    When GET "/subjects/:{c}:s/versions"
    Then it answers [1,2]
    When GET "/subjects/:{c2}:s/versions"
    Then it answers [1]

  Scenario: deleting in one context leaves the other alone
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c2}:s/versions" with schema A
    When DELETE "/subjects/:{c}:s"
    Then it answers [1]
    When DELETE "/subjects/:{c}:s?permanent=true"
    Then it answers [1]
    When GET "/subjects/:{c2}:s/versions/1"
    Then it answers schema A of ":{c2}:s"

  Scenario: an incompatible schema of another context does not matter
    Given POST "/subjects/:{c}:s/versions" with schema A
    When POST "/subjects/:{c2}:s/versions" with schema D
    Then it answers id 1 version 1

  Scenario: reading creates no context
    When GET "/subjects/:{c}:s/versions"
    Then it answers error 40401 "Subject ':{c}:s' not found."
    When GET "/contexts/{c}/subjects"
    Then it answers []
    When GET "/contexts"
    Then the answer does not mention "{c}"

  Scenario: config creates no context, a schema does
    Given PUT "/config/:{c}:" with level NONE
    When GET "/contexts"
    Then the answer does not mention "{c}"
    When POST "/subjects/:{c}:s/versions" with schema A
    And GET "/contexts?contextPrefix={c}"
    Then it answers ["{c}"]
