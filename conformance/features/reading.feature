@reading
Feature: Schemas are read by ID and by version

  Scenario: the shapes of the answers
    Given POST "/subjects/:{c}:s/versions" with schema A
    When GET "/subjects/:{c}:s/versions/1"
    Then it answers 200 with
      """
      {"subject":":{c}:s","version":1,"id":1,"guid":"acb9a771-413f-2f1c-6a25-9db09a05dd82","schemaType":"AVRO","schema":"$A","ts":"<ms>","deleted":false}
      """
    When GET "/contexts/{c}/schemas/ids/1"
    Then it answers 200 with
      """
      {"subject":":{c}:s","version":1,"guid":"acb9a771-413f-2f1c-6a25-9db09a05dd82","schemaType":"AVRO","schema":"$A","ts":"<ms>","deleted":false}
      """
    When POST "/subjects/:{c}:s" with schema A
    Then it answers 200 with
      """
      {"subject":":{c}:s","version":1,"id":1,"guid":"acb9a771-413f-2f1c-6a25-9db09a05dd82","schemaType":"AVRO","schema":"$A"}
      """

  Scenario: the raw text
    Given POST "/subjects/:{c}:s/versions" with schema A
    When GET "/contexts/{c}/schemas/ids/1/schema"
    Then it answers the text of A
    When GET "/subjects/:{c}:s/versions/latest/schema"
    Then it answers the text of A

  Scenario: latest in every spelling
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with schema B
    When GET "/subjects/:{c}:s/versions/LATEST"
    Then it answers schema B of ":{c}:s"
    When GET "/subjects/:{c}:s/versions/-1"
    Then it answers schema B of ":{c}:s"

  Scenario Outline: versions that are none
    Given POST "/subjects/:{c}:s/versions" with schema A
    When GET "/subjects/:{c}:s/versions/<version>"
    Then it answers error 42202 "The specified version '<version>' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\""

    Examples:
      | version    |
      | 0          |
      | -2         |
      | abc        |
      | 2147483648 |

  Scenario: what is not there
    Given POST "/subjects/:{c}:s/versions" with schema A
    When GET "/subjects/:{c}:s/versions/5"
    Then it answers error 40402 "Version 5 not found."
    When GET "/subjects/:{c}:x/versions/5"
    Then it answers error 40401 "Subject ':{c}:x' not found."
    When GET "/contexts/{c}/schemas/ids/99"
    Then it answers error 40403 "Schema 99 not found"
    When GET "/contexts/{c}/schemas/ids/abc"
    Then it answers error 404 "HTTP 404 Not Found"
    When POST "/subjects/:{c}:s" with schema B
    Then it answers error 40403 "Schema not found"
    When POST "/subjects/:{c}:x" with schema A
    Then it answers error 40401 "Subject ':{c}:x' not found."

  Scenario: the highest ID on request
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with schema B
    When GET "/contexts/{c}/schemas/ids/1?fetchMaxId=true"
    Then it answers 200 with
      """
      {"subject":":{c}:s","version":1,"guid":"<any>","schemaType":"AVRO","schema":"$A","maxId":2,"ts":"<ms>","deleted":false}
      """

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

  Scenario: HEAD works where GET does
    Given POST "/subjects/:{c}:s/versions" with schema A
    When HEAD "/subjects/:{c}:s/versions/1"
    Then it answers 200
    When HEAD "/subjects/:{c}:x/versions/1"
    Then it answers 404
