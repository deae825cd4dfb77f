@topic-listing-and-paging
Feature: Lists and their pages

  @contexts
  Scenario: subjects of a context, by prefix
    Given POST "/subjects/:{c}:orders/versions" with schema A
    And POST "/subjects/:{c}:orders-eu/versions" with schema A
    And POST "/subjects/:{c}:payments/versions" with schema A
    When GET "/subjects?subjectPrefix=:{c}:"
    Then it answers [":{c}:orders",":{c}:orders-eu",":{c}:payments"]
    When GET "/contexts/{c}/subjects"
    Then it answers [":{c}:orders",":{c}:orders-eu",":{c}:payments"]
    When GET "/contexts/{c}/subjects?subjectPrefix=orders"
    Then it answers [":{c}:orders",":{c}:orders-eu"]
    When GET "/contexts/{c}/subjects?offset=1&limit=1"
    Then it answers [":{c}:orders-eu"]

  @contexts
  Scenario: the wildcard lists every context
    Given POST "/subjects/:{c}:find-{u}/versions" with schema A
    And POST "/subjects/:{c2}:find-{u}/versions" with schema A
    When GET "/subjects?subjectPrefix=:*:find-{u}"
    Then it answers [":{c}:find-{u}",":{c2}:find-{u}"]

  @contexts
  Scenario: a context name that is not closed is a prefix of contexts
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}x:s/versions" with schema A
    When GET "/subjects?subjectPrefix=:{c}"
    Then it answers [":{c}:s",":{c}x:s"]

  Scenario: deleted subjects show when asked for
    Given POST "/subjects/:{c}:gone/versions" with schema A
    And POST "/subjects/:{c}:here/versions" with schema A
    And DELETE "/subjects/:{c}:gone"
    When GET "/contexts/{c}/subjects"
    Then it answers [":{c}:here"]
    When GET "/contexts/{c}/subjects?deleted=true"
    Then it answers [":{c}:gone",":{c}:here"]
    When GET "/contexts/{c}/subjects?deletedOnly=true"
    Then it answers [":{c}:gone"]

  Scenario: subjects and versions of an ID
    Given POST "/subjects/:{c}:a/versions" with schema A
    And POST "/subjects/:{c}:b/versions" with schema A
    When GET "/contexts/{c}/schemas/ids/1/subjects"
    Then it answers [":{c}:a",":{c}:b"]
    When GET "/contexts/{c}/schemas/ids/1/versions?limit=1"
    Then it answers [{"subject":":{c}:a","version":1}]

  Scenario Outline: a page of versions
    Given PUT "/config/:{c}:s" with level NONE
    And POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with schema B
    And POST "/subjects/:{c}:s/versions" with schema C
    And POST "/subjects/:{c}:s/versions" with schema D
    When GET "/subjects/:{c}:s/versions?<page>"
    Then it answers <versions>

    Examples:
      | page              | versions  |
      | offset=1          | [2,3,4]   |
      | limit=2           | [1,2]     |
      | offset=1&limit=2  | [2,3]     |
      | offset=3&limit=9  | [4]       |
      | offset=9          | []        |
      | limit=0           | [1,2,3,4] |
      | limit=-1          | [1,2,3,4] |

  Scenario: pages that are no numbers
    When GET "/contexts/{c}/subjects?offset=x"
    Then it answers error 404 "HTTP 404 Not Found"
    When GET "/contexts/{c}/subjects?limit=1.5"
    Then it answers error 404 "HTTP 404 Not Found"
    When GET "/contexts?limit=x"
    Then it answers error 404 "HTTP 404 Not Found"

  @beyond
  Scenario: a page before the first is the first
    Given POST "/subjects/:{c}:s/versions" with schema A
    When GET "/contexts/{c}/subjects?offset=-1"
    Then it answers [":{c}:s"]

  Scenario: deleted versions and pages
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with schema B
    And DELETE "/subjects/:{c}:s/versions/1"
    When GET "/subjects/:{c}:s/versions?deleted=true&limit=1"
    Then it answers [1]
    When GET "/subjects/:{c}:s/versions?limit=1"
    Then it answers [2]
    When GET "/subjects/:{c}:s/versions?deleted=true&deletedOnly=true"
    Then it answers [1]

  Scenario: nothing but live versions
    Given POST "/subjects/:{c}:s/versions" with schema A
    When GET "/subjects/:{c}:s/versions?deletedOnly=true"
    Then it answers []
    When DELETE "/subjects/:{c}:s"
    And GET "/subjects/:{c}:s/versions?deletedAsNegative=true"
    Then it answers error 40401 "Subject ':{c}:s' not found."
    When GET "/subjects/:{c}:s/versions?deletedAsNegative=true&deleted=true"
    Then it answers [-1]

  Scenario: schemas with all that is known of them
    Given POST "/subjects/:{c}:s/versions" with schema A
    When GET "/schemas?subjectPrefix=:{c}:"
    Then it answers [{"subject":":{c}:s","version":1,"id":1,"guid":"acb9a771-413f-2f1c-6a25-9db09a05dd82","schemaType":"AVRO","schema":"$A","ts":"<ms>","deleted":false}]

  Scenario: schemas by subject and version, or the latest ones alone
    Given POST "/subjects/:{c}:b/versions" with schema A
    And POST "/subjects/:{c}:a/versions" with schema A
    And POST "/subjects/:{c}:a/versions" with schema B
    When GET "/schemas?subjectPrefix=:{c}:"
    Then its "0.subject" is ":{c}:a"
    And its "0.version" is 1
    And its "1.version" is 2
    And its "2.subject" is ":{c}:b"
    When GET "/schemas?subjectPrefix=:{c}:&latestOnly=true"
    Then its "0.version" is 2
    And its "1.subject" is ":{c}:b"
    And it has no "2"
    When GET "/schemas?subjectPrefix=:{c}:&offset=1&limit=1"
    Then its "0.version" is 2
    And it has no "1"
    When GET "/schemas?subjectPrefix=:{c}:&limit=5000"
    Then its "2.subject" is ":{c}:b"

  Scenario: deleted schemas
    Given POST "/subjects/:{c}:a/versions" with schema A
    And POST "/subjects/:{c}:a/versions" with schema B
    And DELETE "/subjects/:{c}:a/versions/2"
    When GET "/schemas?subjectPrefix=:{c}:"
    Then its "0.version" is 1
    And it has no "1"
    When GET "/schemas?subjectPrefix=:{c}:&deleted=true"
    Then its "1.version" is 2
    And its "1.deleted" is true

  Scenario: schemas with the aliases that lead to them
    Given POST "/subjects/:{c}:s/versions" with schema A
    And PUT "/config/:{c}:al" with
      """
      {"alias":"s"}
      """
    When GET "/schemas?subjectPrefix=:{c}:&aliases=true"
    Then its "0.aliases" is [":{c}:al"]
    When GET "/schemas?subjectPrefix=:{c}:"
    Then it has no "0.aliases"

  Scenario: names are sorted by their characters
    Given POST "/subjects/:{c}:b/versions" with schema A
    And POST "/subjects/:{c}:B/versions" with schema A
    And POST "/subjects/:{c}:a-1/versions" with schema A
    And POST "/subjects/:{c}:a/versions" with schema A
    And POST "/subjects/:{c}:_x/versions" with schema A
    When GET "/contexts/{c}/subjects"
    Then it answers [":{c}:B",":{c}:_x",":{c}:a",":{c}:a-1",":{c}:b"]

  @contexts
  Scenario: a plain prefix means the default context
    Given POST "/subjects/p-{u}-1/versions" with schema A
    And POST "/subjects/:{c}:p-{u}-2/versions" with schema A
    When GET "/subjects?subjectPrefix=p-{u}"
    Then it answers ["p-{u}-1"]
    When GET "/subjects?subjectPrefix=:.:p-{u}"
    Then it answers ["p-{u}-1"]
    When GET "/subjects?subjectPrefix=:*:p-{u}"
    Then it answers [":{c}:p-{u}-2","p-{u}-1"]

  @contexts
  Scenario: schemas of every context, when asked for
    Given POST "/subjects/p-{u}-1/versions" with schema A
    And POST "/subjects/:{c}:p-{u}-2/versions" with schema A
    When GET "/schemas?subjectPrefix=:*:p-{u}"
    Then its "0.subject" is ":{c}:p-{u}-2"
    And its "1.subject" is "p-{u}-1"
    And it has no "2"
    When GET "/schemas?subjectPrefix=p-{u}"
    Then its "0.subject" is "p-{u}-1"
    And it has no "1"

  @contexts
  Scenario: all subjects are those of all contexts
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c2}:s/versions" with schema A
    And POST "/subjects/s-{u}/versions" with schema A
    When GET "/subjects"
    Then it lists ":{c}:s", ":{c2}:s", "s-{u}"
    When GET "/subjects?subjectPrefix="
    Then it lists "s-{u}"
    And it does not list ":{c}:s", ":{c2}:s"

  @contexts
  Scenario: contexts by prefix, in pages
    Given POST "/subjects/:{c}1:s/versions" with schema A
    And POST "/subjects/:{c}2:s/versions" with schema A
    And POST "/subjects/:{c}3:s/versions" with schema A
    When GET "/contexts?contextPrefix={c}"
    Then it answers ["{c}1","{c}2","{c}3"]
    When GET "/contexts?contextPrefix={c}&offset=1&limit=1"
    Then it answers ["{c}2"]
    When GET "/contexts?contextPrefix=c-{u}"
    Then it answers []
    When GET "/contexts?contextPrefix="
    Then it lists ".", "{c}3"
    When GET "/contexts?limit=1"
    Then it answers ["."]

  @contexts
  Scenario: a prefix under the context's prefix
    Given POST "/subjects/:{c}:orders/versions" with schema A
    And POST "/subjects/:{c}:users/versions" with schema A
    And POST "/subjects/:{c2}:orders/versions" with schema A
    When GET "/contexts/{c}/subjects?subjectPrefix=ord"
    Then it answers [":{c}:orders"]
    When GET "/contexts/{c}/subjects?subjectPrefix=:{c2}:"
    Then it answers [":{c2}:orders"]
    When GET "/contexts/{c}/subjects?subjectPrefix=:*:orders"
    Then it lists ":{c}:orders", ":{c2}:orders"
    When GET "/contexts/{c}/schemas?subjectPrefix=users"
    Then its "0.subject" is ":{c}:users"
    And it has no "1"
