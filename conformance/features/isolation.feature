@topic-isolation @contexts
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

  Scenario: a guid has an ID in each context that holds its schema
    Given POST "/subjects/:{c2}:other/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"{\"type\":\"fixed\",\"name\":\"F{u}\",\"size\":4}"}
      """
    And POST "/subjects/:{c2}:s/versions" with
      """
      {"schema":"{\"type\":\"fixed\",\"name\":\"F{u}\",\"size\":4}"}
      """
    Then it answers id 2 version 1
    And call its "guid" {guid}
    When GET "/schemas/guids/{guid}/ids"
    Then it answers [{"context":"{c}","id":1},{"context":"{c2}","id":2}]

  Scenario: the highest ID is that of the context
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c2}:s/versions" with schema A
    And POST "/subjects/:{c2}:s/versions" with schema B
    When GET "/contexts/{c}/schemas/ids/1?fetchMaxId=true"
    Then its "maxId" is 1
    When GET "/contexts/{c2}/schemas/ids/1?fetchMaxId=true"
    Then its "maxId" is 2

  Scenario: a schema of another context is not found by look-up
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c2}:s/versions" with schema B
    When POST "/subjects/:{c2}:s" with schema A
    Then it answers error 40403 "Schema not found"
    When POST "/subjects/:{c2}:t" with schema A
    Then it answers error 40401 "Subject ':{c2}:t' not found."

  Scenario: a hard delete in one context leaves the other's guid
    Given POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"{\"type\":\"fixed\",\"name\":\"F{u}\",\"size\":4}"}
      """
    And POST "/subjects/:{c2}:s/versions" with
      """
      {"schema":"{\"type\":\"fixed\",\"name\":\"F{u}\",\"size\":4}"}
      """
    Then call its "guid" {guid}
    When DELETE "/subjects/:{c2}:s"
    And DELETE "/subjects/:{c2}:s?permanent=true"
    And GET "/contexts/{c2}/schemas/ids/1"
    Then it answers error 40403 "Schema 1 not found"
    When GET "/schemas/guids/{guid}"
    Then its "deleted" is false

  Scenario: a context stays known after its subjects are gone, until it is deleted
    Given POST "/subjects/:{c}:s/versions" with schema A
    And DELETE "/subjects/:{c}:s"
    And DELETE "/subjects/:{c}:s?permanent=true"
    When GET "/contexts?contextPrefix={c}"
    Then it answers ["{c}"]
    When DELETE "/contexts/{c}"
    Then it answers 204
    When GET "/contexts?contextPrefix={c}"
    Then it answers []

  Scenario: a context that holds something is not deleted
    Given POST "/subjects/:{c}:s/versions" with schema A
    When DELETE "/contexts/{c}"
    Then it answers error 42211 "The specified context ':{c}:' is not empty."
    When DELETE "/subjects/:{c}:s"
    And DELETE "/contexts/{c}"
    Then it answers error 42211 "The specified context ':{c}:' is not empty."
    When GET "/subjects/:{c}:s/versions?deleted=true"
    Then it answers [1]

  Scenario: a context that nobody knows is deleted without a word, the default one never
    When DELETE "/contexts/{c}"
    Then it answers 204
    When DELETE "/contexts/:.:"
    Then it answers error 405 "HTTP 405 Method Not Allowed"

  Scenario: a context's config and mode outlive it
    Given POST "/subjects/:{c}:s/versions" with schema A
    And PUT "/config/:{c}:" with level FULL
    And DELETE "/subjects/:{c}:s"
    And DELETE "/subjects/:{c}:s?permanent=true"
    And DELETE "/contexts/{c}"
    When GET "/config/:{c}:"
    Then it answers {"compatibilityLevel":"FULL"}

  Scenario: IDs of a context are not used again after everything is deleted
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with schema B
    And DELETE "/subjects/:{c}:s"
    And DELETE "/subjects/:{c}:s?permanent=true"
    When POST "/subjects/:{c}:t/versions" with schema B
    Then it answers id 3 version 1
    When POST "/subjects/:{c2}:t/versions" with schema B
    Then it answers id 1 version 1

  Scenario: the default context holds nothing of another one
    Given POST "/subjects/:{c}:hidden-{u}/versions" with schema A
    When GET "/contexts/:.:/subjects"
    Then it does not list "hidden-{u}", ":{c}:hidden-{u}"
    When GET "/subjects?subjectPrefix=hidden-{u}"
    Then it answers []
    When GET "/schemas?subjectPrefix=hidden-{u}"
    Then it answers []

  Scenario: tests of compatibility stay in the context
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c2}:s/versions" with schema D
    When POST "/compatibility/subjects/:{c}:s/versions/latest" with schema B
    Then it answers {"is_compatible":true}
    When POST "/compatibility/subjects/:{c2}:s/versions/latest" with schema B
    Then it answers {"is_compatible":false}
    When POST "/compatibility/subjects/:{c3}:s/versions/latest" with schema B
    Then it answers {"is_compatible":true}
