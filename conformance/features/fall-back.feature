@topic-fall-back @contexts
Feature: A plain name is looked for in all contexts

  Scenario: a plain name is found in the context that has it
    Given POST "/subjects/:{c}:only-{u}/versions" with schema A
    When GET "/subjects/only-{u}/versions/1"
    Then it answers schema A of ":{c}:only-{u}"
    When POST "/subjects/only-{u}" with schema A
    Then it answers schema A of ":{c}:only-{u}"
    When GET "/subjects/only-{u}/versions"
    Then it answers error 40401 "Subject 'only-{u}' not found."
    When DELETE "/subjects/only-{u}"
    Then it answers error 40401 "Subject 'only-{u}' not found."

  Scenario: the default context comes first
    Given POST "/subjects/:{c}:s-{u}/versions" with schema B
    And POST "/subjects/s-{u}/versions" with schema A
    When GET "/subjects/s-{u}/versions/1"
    Then it answers schema A of "s-{u}"
    When POST "/subjects/s-{u}" with schema A
    Then it answers schema A of "s-{u}"

  Scenario: then the contexts in the order of their names
    Given POST "/subjects/:{c2}:s-{u}/versions" with schema B
    And POST "/subjects/:{c}:s-{u}/versions" with schema A
    When GET "/subjects/s-{u}/versions/1"
    Then it answers schema A of ":{c}:s-{u}"
    When POST "/subjects/s-{u}" with schema B
    Then it answers schema B of ":{c2}:s-{u}"

  Scenario: what reads one version falls back
    Given POST "/subjects/:{c}:s-{u}/versions" with schema A
    When GET "/subjects/s-{u}/versions/latest"
    Then it answers schema A of ":{c}:s-{u}"
    When GET "/subjects/s-{u}/versions/1/schema"
    Then it answers the text of A
    When GET "/subjects/s-{u}/versions/1/referencedby"
    Then it answers []

  Scenario: what lists, checks, writes or sets does not
    Given POST "/subjects/:{c}:s-{u}/versions" with schema A
    When GET "/subjects/s-{u}/versions"
    Then it answers error 40401 "Subject 's-{u}' not found."
    When DELETE "/subjects/s-{u}/versions/1"
    Then it answers error 40401 "Subject 's-{u}' not found."
    When POST "/compatibility/subjects/s-{u}/versions/1" with schema A
    Then it answers error 40402 "Version 1 not found."
    When GET "/config/s-{u}"
    Then it answers error 40408 "Subject 's-{u}' does not have subject-level compatibility configured"
    When GET "/subjects/s-{u}/metadata?key=a&value=b"
    Then it answers error 40401 "Subject 's-{u}' not found."

  Scenario: a registration under a plain name is one in the default context
    Given POST "/subjects/:{c}:s-{u}/versions" with schema A
    When POST "/subjects/s-{u}/versions" with schema D
    Then its "version" is 1
    When GET "/subjects/s-{u}/versions/latest"
    Then it answers schema D of "s-{u}"
    When GET "/subjects/:{c}:s-{u}/versions"
    Then it answers [1]

  Scenario: a qualified name is looked for nowhere else
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/root-{u}/versions" with schema A
    When GET "/subjects/:{c2}:s/versions/1"
    Then it answers error 40401 "Subject ':{c2}:s' not found."
    When GET "/subjects/:{c2}:root-{u}/versions/1"
    Then it answers error 40401 "Subject ':{c2}:root-{u}' not found."
    When GET "/contexts/{c2}/subjects/root-{u}/versions/1"
    Then it answers error 40401 "Subject ':{c2}:root-{u}' not found."

  Scenario: a miss is told with the plain name
    Given POST "/subjects/:{c}:s-{u}/versions" with schema A
    When GET "/subjects/s-{u}/versions/9"
    Then it answers error 40401 "Subject 's-{u}' not found."
    When POST "/subjects/s-{u}" with schema B
    Then it answers error 40401 "Subject 's-{u}' not found."

  Scenario: an ID by a plain subject is that of the context that has both
    Given POST "/subjects/:{c}:a-{u}/versions" with schema A
    And POST "/subjects/:{c}:b-{u}/versions" with schema B
    When GET "/schemas/ids/2?subject=b-{u}"
    Then it answers schema B of ":{c}:b-{u}"
    When GET "/schemas/ids/1?subject=a-{u}"
    Then it answers schema A of ":{c}:a-{u}"
    When GET "/schemas/ids/2/schema?subject=b-{u}"
    Then it answers the text of B
    When GET "/schemas/ids/2/versions?subject=b-{u}"
    Then it answers [{"subject":":{c}:b-{u}","version":1}]

  Scenario: an ID by a subject that nobody has is that of the default context
    Given POST "/subjects/root-{u}/versions" with schema A
    Then call its "id" {id}
    When GET "/schemas/ids/{id}?subject=nosuch-{u}"
    Then its "schema" is "$A"
    When GET "/schemas/ids/{id}?subject=:{c}:nosuch-{u}"
    Then it answers error 40403 "Schema {id} not found"

  Scenario: a deleted subject is looked for no more, unless asked for
    Given POST "/subjects/:{c}:s-{u}/versions" with schema A
    And DELETE "/subjects/:{c}:s-{u}"
    When GET "/subjects/s-{u}/versions/1"
    Then it answers error 40401 "Subject 's-{u}' not found."
    When GET "/subjects/s-{u}/versions/1?deleted=true"
    Then its "subject" is ":{c}:s-{u}"
    And its "deleted" is true

  Scenario: what a new context holds is found at once
    When GET "/subjects/s-{u}/versions/latest"
    Then it answers error 40401 "Subject 's-{u}' not found."
    When POST "/subjects/:{c}:s-{u}/versions" with schema A
    And GET "/subjects/s-{u}/versions/latest"
    Then it answers schema A of ":{c}:s-{u}"
    When POST "/subjects/s-{u}/versions" with schema B
    And GET "/subjects/s-{u}/versions/latest"
    Then it answers schema B of "s-{u}"
