@listing
Feature: Lists

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

  Scenario: the wildcard lists every context
    Given POST "/subjects/:{c}:find-{u}/versions" with schema A
    And POST "/subjects/:{c2}:find-{u}/versions" with schema A
    When GET "/subjects?subjectPrefix=:*:find-{u}"
    Then it answers [":{c}:find-{u}",":{c2}:find-{u}"]

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
