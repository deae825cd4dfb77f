@topic-bound-view @bound @beyond @contexts
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
      | /contexts/{c2}/config                          |
      | /contexts/{c2}/mode                            |
      | /contexts/{c2}/schemas/ids/1                   |
      | /contexts/{c2}/contexts                        |
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

  Scenario: both doors answer the same, but for names
    Given POST "/subjects/:{c}:s/versions" with schema A
    And the bound view of "{c}"
    When GET "/subjects/s/versions/1/schema"
    Then it answers the text of A
    When GET "/schemas/ids/1/subjects"
    Then it answers ["s"]
    When GET "/subjects/s/versions/1"
    Then it answers {"subject":"s","version":1,"id":1,"guid":"acb9a771-413f-2f1c-6a25-9db09a05dd82","schemaType":"AVRO","schema":"$A","ts":"<ms>","deleted":false}
    When the open view
    And GET "/subjects/:{c}:s/versions/1"
    Then it answers {"subject":":{c}:s","version":1,"id":1,"guid":"acb9a771-413f-2f1c-6a25-9db09a05dd82","schemaType":"AVRO","schema":"$A","ts":"<ms>","deleted":false}

  Scenario: deleting in two steps
    Given the bound view of "{c}"
    And POST "/subjects/s/versions" with schema A
    And the open view
    And POST "/subjects/:{c2}:s/versions" with schema A
    When the bound view of "{c}"
    And DELETE "/subjects/s"
    Then it answers [1]
    When DELETE "/subjects/s"
    Then it answers error 40404 "Subject 's' was soft deleted.Set permanent=true to delete permanently"
    When DELETE "/subjects/s?permanent=true"
    Then it answers [1]
    When the open view
    And GET "/subjects/:{c2}:s/versions"
    Then it answers [1]

  Scenario: an incompatible schema names its subject plainly
    Given the bound view of "{c}"
    And POST "/subjects/s/versions" with schema A
    When POST "/subjects/s/versions" with schema D
    Then it answers error 40901 that says "incompatible with an earlier schema for subject \"s\""
    And the answer does not mention "{c}"

  Scenario: what is referred to is named plainly
    Given the bound view of "{c}"
    And POST "/subjects/ref/versions" with schema A
    And POST "/subjects/s/versions" with
      """
      {"schema":"$E","references":[{"name":"R","subject":"ref","version":1}]}
      """
    When DELETE "/subjects/ref/versions/1"
    Then it answers error 42206 "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=ref,version=1}."
    When GET "/subjects/s/versions/1?referenceFormat=qualified"
    Then its "references.0.subject" is "ref"
    When GET "/subjects/ref/versions/1/referencedby"
    Then it answers [2]

  Scenario: the highest ID is the context's
    Given POST "/subjects/:{c2}:s/versions" with schema A
    And POST "/subjects/:{c2}:s/versions" with schema B
    And the bound view of "{c}"
    And POST "/subjects/s/versions" with schema A
    When GET "/schemas/ids/1?fetchMaxId=true"
    Then its "maxId" is 1

  Scenario: a plain name is not searched for elsewhere
    Given POST "/subjects/:{c2}:only-{u}/versions" with schema A
    And POST "/subjects/only-{u}/versions" with schema A
    And the bound view of "{c}"
    When GET "/subjects/only-{u}/versions/latest"
    Then it answers error 40401 "Subject 'only-{u}' not found."
    When POST "/subjects/only-{u}" with schema A
    Then it answers error 40401 "Subject 'only-{u}' not found."
    When GET "/schemas/ids/1?subject=only-{u}"
    Then it answers error 40403 "Schema 1 not found"

  Scenario: a mode of the bound context is that of the context
    Given the bound view of "{c}"
    When PUT "/mode" with mode READONLY
    Then it answers {"mode":"READONLY"}
    When the open view
    And GET "/mode/:{c}:"
    Then it answers {"mode":"READONLY"}
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers error 42205 "Subject :{c}:s in context :{c}: is in read-only mode"
    When POST "/subjects/:{c2}:s/versions" with schema A
    Then it answers id 1 version 1

  Scenario: an import reaches the bound context alone
    Given POST "/subjects/:{c2}:s/versions" with schema A
    And the bound view of "{c}"
    When PUT "/mode" with mode IMPORT
    Then it answers {"mode":"IMPORT"}
    When POST "/subjects/s/versions" with
      """
      {"schema":"$B","id":42,"version":3}
      """
    Then it answers id 42 version 3
    When the open view
    And GET "/mode/:{c2}:?defaultToGlobal=true"
    Then it answers {"mode":"READWRITE"}
    When GET "/contexts/{c}/schemas/ids/42"
    Then it answers schema B of ":{c}:s"

  Scenario: names with colons are names
    Given the bound view of "{c}"
    When POST "/subjects/:x:s/versions" with schema A
    Then it answers id 1 version 1
    When POST "/subjects/a:b/versions" with schema A
    Then it answers id 1 version 1
    When GET "/subjects"
    Then it answers [":x:s","a:b"]

  Scenario Outline: nothing can be written outside
    Given the bound view of "{c}"
    When POST "<path>" with schema A
    Then it answers error 40301
    When the open view
    And GET "/contexts/{c2}/subjects?deleted=true"
    Then it answers []

    Examples:
      | path                                                   |
      | /subjects/:{c2}:s/versions                             |
      | /subjects/%3A{c2}%3As/versions                         |
      | /contexts/{c2}/subjects/s/versions                     |
      | /contexts/:.:/subjects/:{c2}:s/versions                |
      | /contexts/{c}/subjects/:{c2}:s/versions                |
      | /contexts/%3A{c2}%3A/subjects/s/versions               |

  Scenario: settings of another context stay out of reach
    Given the bound view of "{c}"
    When PUT "/config/:{c2}:" with level NONE
    Then it answers error 40301
    When PUT "/contexts/{c2}/mode" with mode READONLY
    Then it answers error 40301
    When DELETE "/contexts/{c2}/mode?recursive=true"
    Then it answers error 40301
    When DELETE "/config/:.__GLOBAL:"
    Then it answers error 40301
    When the open view
    And GET "/config/:{c2}:"
    Then it answers error 40408

  Scenario: pages count what is the context's
    Given POST "/subjects/:{c2}:a/versions" with schema A
    And the bound view of "{c}"
    And POST "/subjects/b/versions" with schema A
    And POST "/subjects/c/versions" with schema A
    When GET "/subjects?limit=1"
    Then it answers ["b"]
    When GET "/subjects?offset=1"
    Then it answers ["c"]
    When GET "/subjects?subjectPrefix=c"
    Then it answers ["c"]
    When GET "/contexts?offset=1"
    Then it answers []

  Scenario: the whole context by another context's prefix
    Given POST "/subjects/:{c}x:s/versions" with schema A
    And the bound view of "{c}"
    When GET "/subjects?subjectPrefix=:{c}"
    Then the answer does not mention "{c}x"
    When GET "/contexts?contextPrefix={c}"
    Then the answer does not mention "{c}x"
