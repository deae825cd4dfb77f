@topic-errors-to-the-letter
Feature: Errors to the letter

  Scenario: unknown paths and wrong methods
    When GET "/nosuch"
    Then it answers error 404 "HTTP 404 Not Found"
    When POST "/subjects"
    Then it answers error 405 "HTTP 405 Method Not Allowed"
    When DELETE "/schemas/types"
    Then it answers error 405 "HTTP 405 Method Not Allowed"

  Scenario: content types
    Given the header "Accept" is "text/html"
    When GET "/subjects"
    Then it answers error 406 "HTTP 406 Not Acceptable"
    Given no header "Accept"
    And the header "Content-Type" is "text/plain"
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers error 415 "HTTP 415 Unsupported Media Type"

  Scenario: the request ID comes back
    Given the header "X-Request-ID" is "abc"
    When GET "/contexts/{c}/subjects"
    Then it answers []
    And the answer's header "X-Request-ID" is "abc"
    And the answer's header "Content-Type" is "application/vnd.schemaregistry.v1+json"

  Scenario: bodies that are no JSON
    When POST "/subjects/:{c}:s/versions" with
      """
      {bad
      """
    Then it answers error 400
    When POST "/subjects/:{c}:s/versions"
    Then it answers error 422

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

  Scenario: an answer is one of three types, as the client likes
    Given the header "Accept" is "application/json"
    When GET "/contexts/{c}/subjects"
    Then the answer's header "Content-Type" is "application/json"
    Given the header "Accept" is "application/vnd.schemaregistry+json, application/json;q=0.5"
    When GET "/contexts/{c}/subjects"
    Then the answer's header "Content-Type" is "application/vnd.schemaregistry+json"
    Given the header "Accept" is "*/*"
    When GET "/contexts/{c}/subjects"
    Then the answer's header "Content-Type" is "application/vnd.schemaregistry.v1+json"

  Scenario Outline: bodies of any of the four types are read
    Given the header "Content-Type" is "<type>"
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers id 1 version 1

    Examples:
      | type                                           |
      | application/vnd.schemaregistry.v1+json         |
      | application/vnd.schemaregistry+json            |
      | application/json; charset=utf-8                |
      | application/octet-stream                       |

  Scenario: IDs and pages that are no numbers are no such place
    When GET "/schemas/ids/abc"
    Then it answers error 404 "HTTP 404 Not Found"
    When GET "/schemas/ids/1.0/versions"
    Then it answers error 404 "HTTP 404 Not Found"
    When GET "/schemas?limit=x"
    Then it answers error 404 "HTTP 404 Not Found"
    When GET "/schemas/ids/99999999999"
    Then it answers error 404 "HTTP 404 Not Found"

  Scenario Outline: an ID that nobody has
    When GET "/contexts/{c}/schemas/ids/99<rest>"
    Then it answers error 40403 "<message>"

    Examples:
      | rest      | message             |
      |           | Schema 99 not found |
      | /versions | Schema not found    |
      | /subjects | Schema not found    |

  @beyond
  Scenario: the text of an ID that nobody has
    When GET "/contexts/{c}/schemas/ids/99/schema"
    Then it answers error 40403

  Scenario Outline: bodies of another shape
    When POST "/subjects/:{c}:s/versions" with
      """
      <body>
      """
    Then it answers error <code>
    When GET "/contexts/{c}/subjects?deleted=true"
    Then it answers []

    Examples:
      | body                          | code  |
      | []                            | 400   |
      | "x"                           | 400   |
      | 1                             | 400   |
      | {"schema":{}}                 | 400   |
      | {"schema":"$A","id":"x"}      | 400   |
      | {"schema":"$A","references":1} | 400  |
      | {"schema":"$A"                | 400   |
      | null                          | 422   |
      | {"schema":null}               | 42201 |
      | {"schema":""}                 | 42201 |

  Scenario: a body that must be there says whose
    When POST "/subjects/:{c}:s/versions"
    Then it answers error 422 "register.request must not be null (was null)"
    When PUT "/config/:{c}:s"
    Then it answers error 422
    When PUT "/mode/:{c}:s"
    Then it answers error 422

  Scenario: the level that is none is told with those that are
    When PUT "/config/:{c}:s" with level sometimes
    Then it answers error 42203 "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive"
    When PUT "/config/:{c}:__GLOBAL" with level sometimes
    Then it answers error 42203

  Scenario: the first thing that is wrong is what is told
    When POST "/subjects/:{c}:__GLOBAL/versions" with
      """
      {"schema":"{"}
      """
    Then it answers error 42208
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"{","schemaType":"nosuch"}
      """
    Then it answers error 42201 "Invalid schema type nosuch"
    When GET "/subjects/:{c}:none/versions/0"
    Then it answers error 42202

  Scenario Outline: methods that a path doesn't have
    When <method> "<path>"
    Then it answers error 405 "HTTP 405 Method Not Allowed"

    Examples:
      | method | path                            |
      | DELETE | /subjects                       |
      | PUT    | /subjects/:{c}:s                |
      | PUT    | /subjects/:{c}:s/versions       |
      | POST   | /schemas/ids/1                  |
      | POST   | /config                         |
      | POST   | /contexts                       |
      | PATCH  | /mode/:{c}:s                    |

  Scenario Outline: paths that lead nowhere
    When GET "<path>"
    Then it answers error 404 "HTTP 404 Not Found"

    Examples:
      | path                               |
      | /subjects/:{c}:s/nosuch            |
      | /subjects/:{c}:s/versions/1/nosuch |
      | /schemas/nosuch                    |
      | /config/:{c}:s/nosuch              |
      | /compatibility                     |

  @contexts
  Scenario: errors name the subject as the registry knows it
    When GET "/contexts/{c}/subjects/s/versions"
    Then it answers error 40401 "Subject ':{c}:s' not found."
    When GET "/subjects/:.:none-{u}/versions"
    Then it answers error 40401 "Subject 'none-{u}' not found."
    When GET "/contexts/{c}/config/s"
    Then it answers error 40408 "Subject ':{c}:s' does not have subject-level compatibility configured"
    When DELETE "/contexts/{c}/mode/s"
    Then it answers error 40401 "Subject ':{c}:s' not found."

  @contexts
  Scenario: an invalid schema is told with its qualified subject
    When POST "/contexts/{c}/subjects/s/versions" with
      """
      {"schema":"{\"type\":\"record\",\"name\":\"R\"}"}
      """
    Then it answers error 42201 that says "Invalid schema of type AVRO, details: Invalid schema {subject=:{c}:s,version=null,id=null,guid="
