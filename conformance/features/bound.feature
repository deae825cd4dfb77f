@bound
Feature: The bound view is an ordinary registry without contexts

  Scenario: names are plain everywhere
    Given the bound view of "{c}"
    When POST "/subjects/s/versions" with schema A
    Then it answers id 1 version 1
    When GET "/subjects"
    Then it answers ["s"]
    When GET "/subjects/s/versions/1"
    Then it answers schema A of "s"
    When GET "/schemas/ids/1"
    Then it answers schema A of "s"
    When GET "/schemas/ids/1/versions"
    Then it answers [{"subject":"s","version":1}]
    When GET "/contexts"
    Then it answers ["."]

  Scenario: both views show the same data
    Given the bound view of "{c}"
    And POST "/subjects/s/versions" with schema A
    And the open view
    When GET "/subjects/:{c}:s/versions/1"
    Then it answers schema A of ":{c}:s"
    When POST "/subjects/:{c}:s/versions" with schema B
    Then it answers id 2 version 2
    When the bound view of "{c}"
    And GET "/subjects/s/versions/latest"
    Then it answers schema B of "s"

  Scenario: messages show plain names
    Given the bound view of "{c}"
    When GET "/subjects/x/versions"
    Then it answers error 40401 "Subject 'x' not found."
    When PUT "/mode" with mode READONLY
    And POST "/subjects/s/versions" with schema A
    Then it answers error 42205 "Subject s in context  is in read-only mode"
    And the answer does not mention "{c}"

  Scenario: the context's settings are the global ones
    Given the bound view of "{c}"
    When GET "/config"
    Then it answers {"compatibilityLevel":"BACKWARD"}
    When PUT "/config" with level NONE
    Then it answers {"compatibility":"NONE"}
    When GET "/config/s?defaultToGlobal=true"
    Then it answers {"compatibilityLevel":"NONE"}
    When GET "/mode"
    Then it answers {"mode":"READWRITE"}
    When the open view
    And GET "/config/:{c}:"
    Then it answers {"compatibilityLevel":"NONE"}

  Scenario Outline: nothing leads out
    Given POST "/subjects/:{c2}:secret/versions" with schema A
    And the bound view of "{c}"
    When GET "<path>"
    Then it answers error 40301
    And the answer does not mention "acb9a771"

    Examples:
      | path                                           |
      | /subjects/:{c2}:secret/versions                |
      | /subjects/%3A{c2}%3Asecret/versions/1          |
      | /contexts/{c2}/subjects                        |
      | /contexts/:{c2}:/subjects/secret/versions/1    |
      | /subjects?subjectPrefix=:{c2}:                 |
      | /schemas/ids/1?subject=:{c2}:secret            |
      | /config/:{c2}:                                 |
      | /mode/:.__GLOBAL:                              |

  Scenario: other contexts' schemas are not found
    Given POST "/subjects/:{c2}:secret-{u}/versions" with schema A
    And the bound view of "{c}"
    When GET "/subjects/secret-{u}/versions/1"
    Then it answers error 40401 "Subject 'secret-{u}' not found."
    When GET "/schemas/ids/1"
    Then it answers error 40403 "Schema 1 not found"
    When GET "/subjects?subjectPrefix=:*:"
    Then it answers []

  Scenario: its own qualified name is accepted
    Given the bound view of "{c}"
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers id 1 version 1
    When GET "/contexts/{c}/subjects"
    Then it answers ["s"]
    When GET "/contexts/:.:/subjects/s/versions"
    Then it answers [1]

  Scenario: a reference stays inside
    Given POST "/subjects/:{c2}:ref/versions" with schema A
    And the bound view of "{c}"
    When POST "/subjects/s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":":{c2}:ref","version":1}]}
      """
    Then it answers error 40301
    When POST "/subjects/ref/versions" with schema A
    And POST "/subjects/s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":"ref","version":1}]}
      """
    Then it answers id 2 version 1

  Scenario: an alias names a subject of the context
    Given POST "/subjects/:{c2}:secret/versions" with schema B
    And the bound view of "{c}"
    And POST "/subjects/s/versions" with schema A
    When PUT "/config/plain" with
      """
      {"alias":"s"}
      """
    Then it answers {"alias":"s"}
    When GET "/subjects/plain/versions/latest"
    Then it answers schema A of "s"
    When PUT "/config/own" with
      """
      {"alias":":{c}:s"}
      """
    Then it answers {"alias":"s"}
    When GET "/subjects/own/versions/1"
    Then it answers schema A of "s"
    When PUT "/config/out" with
      """
      {"alias":":{c2}:secret"}
      """
    Then it answers error 40301
    And the answer does not mention "{c2}"

  Scenario: an alias that leads out leads nowhere
    Given POST "/subjects/:{c2}:secret/versions" with schema A
    And PUT "/config/:{c}:out" with
      """
      {"alias":":{c2}:secret"}
      """
    And the bound view of "{c}"
    When GET "/subjects/out/versions/1"
    Then it answers error 40401 "Subject 'out' not found."
    When GET "/config/out"
    Then the answer does not mention "{c2}"

  Scenario: a guid is looked up in the context alone
    Given POST "/subjects/:{c2}:secret/versions" with schema A
    And the bound view of "{c}"
    When GET "/schemas/guids/acb9a771-413f-2f1c-6a25-9db09a05dd82"
    Then it answers error 40403 "Schema acb9a771-413f-2f1c-6a25-9db09a05dd82 not found"
    When GET "/schemas/guids/acb9a771-413f-2f1c-6a25-9db09a05dd82/ids"
    Then it answers []
    When POST "/subjects/first/versions" with schema B
    And POST "/subjects/s/versions" with schema A
    Then it answers id 2 version 1
    When GET "/schemas/guids/acb9a771-413f-2f1c-6a25-9db09a05dd82/ids"
    Then it answers [{"context":".","id":2}]

  Scenario: the list of schemas is that of the context
    Given POST "/subjects/:{c2}:secret/versions" with schema A
    And the bound view of "{c}"
    When GET "/schemas"
    Then it answers []
    When POST "/subjects/s/versions" with schema A
    And GET "/schemas"
    Then it answers [{"subject":"s","version":1,"id":1,"guid":"acb9a771-413f-2f1c-6a25-9db09a05dd82","schemaType":"AVRO","schema":"$A","ts":"<ms>","deleted":false}]
    When GET "/schemas?subjectPrefix=:*:"
    Then it answers [{"subject":"s","version":1,"id":1,"guid":"acb9a771-413f-2f1c-6a25-9db09a05dd82","schemaType":"AVRO","schema":"$A","ts":"<ms>","deleted":false}]
    When GET "/schemas?subjectPrefix=:.:x"
    Then it answers []
    When GET "/schemas?subjectPrefix=:{c2}:"
    Then it answers error 40301

  Scenario Outline: the root and all contexts are the bound one
    Given POST "/subjects/:{c2}:secret/versions" with schema A
    And POST "/subjects/:{c2}:secret/versions" with schema B
    And the bound view of "{c}"
    When POST "/subjects/<all>s/versions" with schema A
    Then it answers id 1 version 1
    When GET "/subjects/<all>s/versions/1"
    Then it answers schema A of "s"
    When GET "/schemas/ids/1?subject=<all>s"
    Then it answers schema A of "s"
    When GET "/schemas/ids/2?subject=<all>secret"
    Then it answers error 40403 "Schema 2 not found"
    When GET "/subjects/<all>secret/versions"
    Then it answers error 40401 "Subject 'secret' not found."
    When GET "/subjects?subjectPrefix=<all>"
    Then it answers ["s"]
    When PUT "/config/<all>" with level FULL
    Then it answers {"compatibility":"FULL"}
    When GET "/config"
    Then it answers {"compatibilityLevel":"FULL"}
    When GET "/mode/<all>"
    Then it answers {"mode":"READWRITE"}
    When the open view
    And GET "/config/:{c}:"
    Then it answers {"compatibilityLevel":"FULL"}
    When GET "/subjects/:{c}:s/versions"
    Then it answers [1]

    Examples:
      | all |
      | :.: |
      | :*: |

  Scenario: a context is not deleted through another one
    Given POST "/subjects/:{c2}:secret/versions" with schema A
    And the bound view of "{c}"
    When DELETE "/contexts/{c2}"
    Then it answers error 40301
    When the open view
    And GET "/subjects/:{c2}:secret/versions"
    Then it answers [1]
