@topic-validation-and-odd-names
Feature: Names with awkward characters, and names that are none

  Scenario Outline: awkward names are names like any other
    When POST "/subjects/:{c}:<segment>/versions" with schema A
    Then it answers id 1 version 1
    When GET "/subjects/:{c}:<segment>/versions"
    Then it answers [1]
    When GET "/contexts/{c}/subjects"
    Then it answers [":{c}:<name>"]
    When GET "/contexts/{c}/schemas/ids/1?subject=<segment>"
    Then its "subject" is ":{c}:<name>"
    When PUT "/config/:{c}:<segment>" with level FULL
    And GET "/contexts/{c}/config/<segment>"
    Then it answers {"compatibilityLevel":"FULL"}

    Examples:
      | segment           | name      |
      | a%2Fb             | a/b       |
      | a%252Fb           | a%2Fb     |
      | a%20b             | a b       |
      | %C3%BCmlaut       | ümlaut    |
      | %F0%9F%98%80      | 😀        |
      | a:b:c             | a:b:c     |
      | 100%25            | 100%      |
      | a%3Fb%3Dc         | a?b=c     |
      | a%23b             | a#b       |
      | a%26b             | a&b       |
      | a%2Bb             | a+b       |
      | 'a'               | 'a'       |
      | a%22b             | a\"b      |

  @contexts
  Scenario: a context without a dot is part of a plain name
    When POST "/contexts/{c}/subjects/:x:s/versions" with schema A
    Then it answers id 1 version 1
    When GET "/contexts/{c}/subjects"
    Then it answers [":{c}::x:s"]

  Scenario: case counts
    Given POST "/subjects/:{c}:Orders/versions" with schema A
    When GET "/subjects/:{c}:orders/versions"
    Then it answers error 40401 "Subject ':{c}:orders' not found."

  Scenario: names that the registry keeps for itself
    When POST "/subjects/:.__GLOBAL:s/versions" with schema A
    Then it answers error 42208 "The specified subject ':.__GLOBAL:s' is not a valid."
    When PUT "/config/__GLOBAL" with level NONE
    Then it answers error 42208 "The specified subject '__GLOBAL' is not a valid."

  @beyond
  Scenario: dots are a name like any other
    When POST "/contexts/{c}/subjects/%2E%2E/versions" with schema A
    Then it answers id 1 version 1
    When GET "/contexts/{c}/subjects"
    Then it answers [":{c}:.."]

  Scenario Outline: characters that no name has
    When POST "/contexts/{c}/subjects/<segment>/versions" with schema A
    Then it answers <status>
    When GET "/contexts/{c}/subjects"
    Then it answers []

    Examples:
      | segment  | status |
      | a%09b    | 400    |
      | a%0Ab    | 400    |
      | a%7Fb    | 400    |
      | a%C2%85b | 422    |

  Scenario: blanks at the ends belong to the name
    Given POST "/subjects/:{c}:%20a%20/versions" with schema A
    When GET "/contexts/{c}/subjects"
    Then it answers [":{c}: a "]
    When GET "/subjects/:{c}:a/versions"
    Then it answers error 40401 "Subject ':{c}:a' not found."

  Scenario Outline: names that stand for something else
    When POST "/contexts/{c}/subjects/<name>/versions" with schema A
    Then it answers error 42208 "The specified subject ':{c}:<name>' is not a valid."
    When PUT "/config/:{c}:<name>" with level NONE
    Then it answers error 42208 "The specified subject ':{c}:<name>' is not a valid."
    When PUT "/mode/:{c}:<name>" with mode READONLY
    Then it answers error 42208 "The specified subject ':{c}:<name>' is not a valid."

    Examples:
      | name     |
      | __GLOBAL |
      | __EMPTY  |

  Scenario: a long name
    Given POST "/subjects/:{c}:n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789/versions" with schema A
    When GET "/contexts/{c}/subjects?subjectPrefix=n0123456789n01"
    Then it answers [":{c}:n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789n0123456789"]

  @contexts
  Scenario: case counts in the names of contexts
    Given POST "/subjects/:{c}X:s/versions" with schema A
    When GET "/subjects/:{c}x:s/versions"
    Then it answers error 40401 "Subject ':{c}x:s' not found."
    When GET "/contexts?contextPrefix={c}"
    Then it answers ["{c}X"]

  @contexts
  Scenario Outline: contexts with awkward names
    When POST "/subjects/:{c}<segment>:s/versions" with schema A
    Then it answers id 1 version 1
    When GET "/contexts?contextPrefix={c}"
    Then it answers ["{c}<name>"]
    When GET "/subjects/:{c}<segment>:s/versions/1"
    Then its "subject" is ":{c}<name>:s"

    Examples:
      | segment     | name     |
      | x%20y       | x y      |
      | %2Fx        | /x       |
      | %C3%BC      | ü        |
      | .sub        | .sub     |
      | %25         | %        |

  @contexts
  Scenario: a colon more belongs to the subject
    Given POST "/subjects/:{c}::a:/versions" with schema A
    When GET "/contexts/{c}/subjects"
    Then it answers [":{c}::a:"]
    When GET "/subjects/:{c}::a:/versions/latest"
    Then it answers schema A of ":{c}::a:"

  @contexts
  Scenario: nothing is registered in the context of all settings
    When POST "/contexts/.__GLOBAL/subjects/s/versions" with schema A
    Then it answers error 42208 "The specified subject ':.__GLOBAL:s' is not a valid."
    When POST "/subjects/:.__GLOBAL:/versions" with schema A
    Then it answers error 42208
    When GET "/contexts"
    Then it does not list ".__GLOBAL"

  @contexts
  Scenario: a look-up of a name that is none finds nothing
    When POST "/subjects/:{c}:__GLOBAL" with schema A
    Then it answers error 40401 "Subject ':{c}:__GLOBAL' not found."
    When GET "/subjects/:{c}:__EMPTY/versions/1"
    Then it answers error 40401 "Subject ':{c}:__EMPTY' not found."
