@names
Feature: Qualified names and the prefix lead to the same place

  Scenario Outline: three ways to write a context in the prefix
    Given POST "/subjects/:{c}:s/versions" with schema A
    When GET "<prefix>/subjects/s/versions/1"
    Then it answers schema A of ":{c}:s"

    Examples:
      | prefix              |
      | /contexts/{c}       |
      | /contexts/:{c}:     |
      | /contexts/%3A{c}%3A |

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

  Scenario Outline: awkward names are names like any other
    When POST "/contexts/{c}/subjects/<segment>/versions" with schema A
    Then it answers id 1 version 1
    When GET "/contexts/{c}/subjects/<segment>/versions"
    Then it answers [1]

    Examples:
      | segment       |
      | subjects      |
      | contexts      |
      | versions      |
      | config        |
      | a%2Fb         |
      | a%252Fb       |
      | %2E%2E        |
      | a%20b         |
      | %C3%BCmlaut   |
      | a:b:c         |
      | 100%25        |

  Scenario: a context without a dot is part of a plain name
    When POST "/contexts/{c}/subjects/:x:s/versions" with schema A
    Then it answers id 1 version 1
    When GET "/contexts/{c}/subjects"
    Then it answers [":{c}::x:s"]

  Scenario: case counts
    Given POST "/subjects/:{c}:Orders/versions" with schema A
    When GET "/subjects/:{c}:orders/versions"
    Then it answers error 40401 "Subject ':{c}:orders' not found."

  Scenario: the header selects a context for plain names
    Given POST "/subjects/:{c}:s/versions" with schema A
    And the header "X-Schemaside-Context" is "{c}"
    When GET "/subjects/s/versions"
    Then it answers [1]
    When GET "/subjects/:{c2}:s/versions"
    Then it answers error 40401 "Subject ':{c2}:s' not found."

  Scenario: names that the registry keeps for itself
    When POST "/subjects/:.__GLOBAL:s/versions" with schema A
    Then it answers error 42208 "The specified subject ':.__GLOBAL:s' is not a valid."
    When PUT "/config/__GLOBAL" with level NONE
    Then it answers error 42208 "The specified subject '__GLOBAL' is not a valid."
