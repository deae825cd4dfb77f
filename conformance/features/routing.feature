@topic-URL-routing @contexts
Feature: Qualified names and the prefix of the path lead to the same place

  Scenario Outline: three ways to write a context in the prefix
    Given POST "/subjects/:{c}:s/versions" with schema A
    And GET "/subjects/:{c}:s/versions/1"
    And the answer is kept
    When GET "<prefix>/subjects/s/versions/1"
    Then it answers what was kept

    Examples:
      | prefix          |
      | /contexts/{c}   |
      | /contexts/:{c}: |
      | /contexts/:{c}  |
      | /contexts/{c}:  |

  @beyond
  Scenario: a context in the prefix is decoded once
    Given POST "/subjects/:{c}:s/versions" with schema A
    When GET "/contexts/%3A{c}%3A/subjects/s/versions/1"
    Then it answers schema A of ":{c}:s"
    When GET "/contexts/%253A{c}%253A/subjects"
    Then it answers []

  Scenario: a context in the prefix needs no dot
    When POST "/contexts/nodot-{u}/subjects/s/versions" with schema A
    Then it answers id 1 version 1
    When GET "/subjects/:.nodot-{u}:s/versions/1"
    Then it answers schema A of ":.nodot-{u}:s"
    When GET "/contexts/.nodot-{u}/subjects"
    Then it answers [":.nodot-{u}:s"]

  Scenario: what is registered under the prefix is read by its qualified name
    When POST "/contexts/{c}/subjects/s/versions" with schema A
    Then it answers id 1 version 1
    When GET "/subjects/:{c}:s/versions/latest"
    Then it answers schema A of ":{c}:s"

  Scenario: a qualified name wins over the prefix
    When POST "/contexts/{c}/subjects/:{c2}:s/versions" with schema A
    Then it answers id 1 version 1
    When GET "/subjects/:{c2}:s/versions"
    Then it answers [1]
    When GET "/subjects/:{c}:s/versions"
    Then it answers error 40401

  Scenario: a context has no colon
    When GET "/contexts/foo:bar/subjects"
    Then it answers error 400 "Context name 'foo:bar' cannot contain a colon"

  @beyond
  Scenario: the header selects a context for plain names
    Given POST "/subjects/:{c}:s/versions" with schema A
    And the header "X-Schemaside-Context" is "{c}"
    When GET "/subjects/s/versions"
    Then it answers [1]
    When GET "/subjects/:{c2}:s/versions"
    Then it answers error 40401 "Subject ':{c2}:s' not found."

  Scenario: the prefix of the default context
    When POST "/contexts/:.:/subjects/root-{u}/versions" with schema A
    Then its "version" is 1
    When GET "/subjects/root-{u}/versions/1"
    Then its "subject" is "root-{u}"
    When GET "/subjects/:.:root-{u}/versions/1"
    Then its "subject" is "root-{u}"
    When GET "/contexts/:.:/subjects?subjectPrefix=root-{u}"
    Then it answers ["root-{u}"]

  Scenario: a prefix and nothing behind it
    When GET "/contexts/{c}"
    Then it answers error 405 "HTTP 405 Method Not Allowed"
    When GET "/contexts/{c}/nosuch"
    Then it answers error 404 "HTTP 404 Not Found"

  Scenario: lists of contexts look the same from everywhere
    Given POST "/subjects/:{c}:s/versions" with schema A
    When GET "/contexts/{c2}/contexts"
    Then it lists ".", "{c}"
    And it does not list "{c2}"

  Scenario: the prefix before a check of compatibility
    Given POST "/subjects/:{c}:s/versions" with schema A
    When POST "/contexts/{c}/compatibility/subjects/s/versions/latest" with schema D
    Then it answers {"is_compatible":false}
    When POST "/contexts/{c}/compatibility/subjects/s/versions" with schema B
    Then it answers {"is_compatible":true}
    When POST "/contexts/{c2}/compatibility/subjects/s/versions/1" with schema A
    Then it answers error 40402 "Version 1 not found."

  Scenario: the prefix before what has no context
    When GET "/contexts/{c}/schemas/types"
    Then it lists "AVRO"
    When GET "/contexts/{c}/v1/metadata/version"
    Then its "version" is "<any>"

  Scenario: a subject in the query of an ID under the prefix
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:t/versions" with schema B
    And POST "/subjects/:{c2}:s/versions" with schema D
    When GET "/contexts/{c}/schemas/ids/1?subject=s"
    Then it answers schema A of ":{c}:s"
    When GET "/contexts/{c}/schemas/ids/1?subject=t"
    Then it answers error 40403 "Schema 1 not found"
    When GET "/contexts/{c}/schemas/ids/1?subject=:{c2}:s"
    Then it answers schema D of ":{c2}:s"

  Scenario: an ID by a context that the query names
    Given POST "/subjects/:{c}:s/versions" with schema A
    When GET "/schemas/ids/1?subject=:{c}:"
    Then it answers schema A of ":{c}:s"
    When GET "/schemas/ids/1?subject=:{c}:s"
    Then it answers schema A of ":{c}:s"
    When GET "/schemas/ids/1?subject=:{c}:nosuch"
    Then it answers error 40403 "Schema 1 not found"
    When GET "/schemas/ids/1/versions?subject=:{c}:"
    Then it answers [{"subject":":{c}:s","version":1}]
    When GET "/schemas/ids/1/schema?subject=:{c}:s"
    Then it answers the text of A

  Scenario: subjects that are called like parts of a path
    When POST "/contexts/{c}/subjects/subjects/versions" with schema A
    Then it answers id 1 version 1
    When POST "/contexts/{c}/subjects/contexts/versions" with schema A
    Then it answers id 1 version 1
    When POST "/contexts/{c}/subjects/versions/versions" with schema A
    Then it answers id 1 version 1
    When GET "/contexts/{c}/subjects"
    Then it answers [":{c}:contexts",":{c}:subjects",":{c}:versions"]
    When PUT "/contexts/{c}/config/config" with level FULL
    And GET "/config/:{c}:config"
    Then it answers {"compatibilityLevel":"FULL"}

  Scenario: an encoded qualified name is qualified
    When POST "/subjects/%3A{c}%3As/versions" with schema A
    Then it answers id 1 version 1
    When POST "/contexts/{c2}/subjects/%3A{c}%3As/versions" with schema A
    Then it answers id 1 version 1
    When GET "/contexts/{c2}/subjects"
    Then it answers []
    When GET "/subjects/:{c}:s/versions"
    Then it answers [1]

  Scenario: a slash at the end changes nothing
    Given POST "/subjects/:{c}:s/versions/" with schema A
    When GET "/contexts/{c}/subjects/"
    Then it answers [":{c}:s"]
    When GET "/subjects/:{c}:s/versions/1/"
    Then it answers schema A of ":{c}:s"
