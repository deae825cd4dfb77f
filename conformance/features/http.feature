@http
Feature: HTTP to the letter

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

  Scenario: the root
    When GET "/"
    Then it answers {}
    When POST "/"
    Then it answers {}
