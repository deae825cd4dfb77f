@topic-rule-sets @beyond
Feature: Rule sets, the data contracts of a schema

  Scenario: rules come back as they were given, and only they set schemas apart
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","ruleSet":{"domainRules":[{"name":"r1","kind":"CONDITION","mode":"READ","type":"ENCRYPT","expr":"message.f1 == 'x'"}]}}
      """
    Then it answers {"id":1,"version":1,"guid":"b7c00262-d27a-6a5e-5404-429d70461a01","schemaType":"AVRO","ruleSet":{"domainRules":[{"name":"r1","kind":"CONDITION","mode":"READ","type":"ENCRYPT","expr":"message.f1 == 'x'","disabled":false}]},"schema":"$A"}
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","ruleSet":{}}
      """
    Then it answers {"id":2,"version":2,"guid":"105a1869-3460-4ac4-0cfe-e92626828891","schemaType":"AVRO","ruleSet":{},"schema":"$A"}

  Scenario: a version without rules takes those of the one before
    Given POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","ruleSet":{"migrationRules":[{"name":"m","kind":"TRANSFORM","mode":"UPDOWN","type":"JSONATA","expr":"$","onFailure":"ERROR,NONE"}]}}
      """
    When POST "/subjects/:{c}:s/versions" with schema B
    Then it answers {"id":2,"version":2,"guid":"<any>","schemaType":"AVRO","ruleSet":{"migrationRules":[{"name":"m","kind":"TRANSFORM","mode":"UPDOWN","type":"JSONATA","expr":"$","onFailure":"ERROR,NONE","disabled":false}]},"schema":"$B"}
    When POST "/subjects/:{c}:s" with
      """
      {"schema":"$A","ruleSet":{}}
      """
    Then it answers error 40403 "Schema not found"

  Scenario: the config lays its rules below and above
    Given PUT "/config/:{c}:s" with
      """
      {"defaultRuleSet":{"domainRules":[{"name":"low","type":"T"}]},"overrideRuleSet":{"domainRules":[{"name":"high","type":"T"}]}}
      """
    When GET "/config/:{c}:s"
    Then it answers {"compatibilityLevel":"BACKWARD","defaultRuleSet":{"domainRules":[{"name":"low","type":"T","disabled":false}]},"overrideRuleSet":{"domainRules":[{"name":"high","type":"T","disabled":false}]}}
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","ruleSet":{"domainRules":[{"name":"high","type":"U"},{"name":"own","type":"U"}]}}
      """
    Then it answers {"id":1,"version":1,"guid":"<any>","schemaType":"AVRO","ruleSet":{"domainRules":[{"name":"low","type":"T","disabled":false},{"name":"own","type":"U","disabled":false},{"name":"high","type":"T","disabled":false}]},"schema":"$A"}
    When PUT "/config/:{c}:s" with
      """
      {"defaultRuleSet":null,"overrideRuleSet":null}
      """
    Then it answers {}

  Scenario: rules that nobody could follow
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","ruleSet":{"domainRules":[{"name":"r","type":"T","mode":"UPGRADE"}]}}
      """
    Then it answers error 42210 "Domain rules can only be WRITE, READ, WRITEREAD"
    When PUT "/config/:{c}:s" with
      """
      {"defaultRuleSet":{"migrationRules":[{"name":"r","type":"T"},{"name":"r","type":"T"}]}}
      """
    Then it answers error 42210 "Found rule with duplicate name 'r'"
    When GET "/config/:{c}:s"
    Then it answers error 40408
    When GET "/subjects/:{c}:s/versions"
    Then it answers error 40401

  Scenario: schemas by the type of their rules
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","ruleSet":{"encodingRules":[{"name":"e","type":"ENCRYPT_PAYLOAD"}]}}
      """
    When GET "/contexts/{c}/schemas?ruleType=ENCRYPT_PAYLOAD"
    Then it answers [{"subject":":{c}:s","version":2,"id":2,"guid":"<any>","schemaType":"AVRO","ruleSet":{"encodingRules":[{"name":"e","type":"ENCRYPT_PAYLOAD","disabled":false}]},"schema":"$A","ts":"<ms>","deleted":false}]
    When GET "/contexts/{c}/schemas?ruleType=CEL"
    Then it answers []

  @contexts
  Scenario: rules of a context's config reach its schemas alone
    Given PUT "/config/:{c}:" with
      """
      {"defaultRuleSet":{"domainRules":[{"name":"all","type":"T"}]}}
      """
    When POST "/subjects/:{c}:s/versions" with schema A
    Then its "ruleSet.domainRules" is [{"name":"all","type":"T","disabled":false}]
    When POST "/subjects/:{c2}:s/versions" with schema A
    Then it has no "ruleSet"
