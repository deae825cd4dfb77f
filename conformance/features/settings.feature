@settings
Feature: Config and mode in four tiers

  Scenario: a subject's config, then the context's
    Given PUT "/config/:{c}:" with level FULL
    When GET "/config/:{c}:s?defaultToGlobal=true"
    Then it answers {"compatibilityLevel":"FULL"}
    When PUT "/config/:{c}:s" with level none
    Then it answers {"compatibility":"NONE"}
    When GET "/config/:{c}:s"
    Then it answers {"compatibilityLevel":"NONE"}
    When DELETE "/config/:{c}:s"
    Then it answers {"compatibilityLevel":"NONE"}
    When GET "/config/:{c}:s"
    Then it answers error 40408 "Subject ':{c}:s' does not have subject-level compatibility configured"

  Scenario: the prefix reaches the context's config
    Given PUT "/contexts/{c}/config" with level FORWARD
    When GET "/config/:{c}:"
    Then it answers {"compatibilityLevel":"FORWARD"}

  Scenario: config of one context leaves others alone
    Given PUT "/config/:{c}:" with level NONE
    When GET "/config/:{c2}:s?defaultToGlobal=true"
    Then it answers {"compatibilityLevel":"BACKWARD"}

  Scenario: a level that is none
    When PUT "/config/:{c}:s" with level sometimes
    Then it answers error 42203
    When DELETE "/config/:{c}:s"
    Then it answers error 40401 "Subject ':{c}:s' not found."

  Scenario: a read-only context
    Given POST "/subjects/:{c}:s/versions" with schema A
    When PUT "/mode/:{c}:" with mode readonly
    Then it answers {"mode":"readonly"}
    When POST "/subjects/:{c}:s/versions" with schema B
    Then it answers error 42205 "Subject :{c}:s in context :{c}: is in read-only mode"
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers id 1 version 1
    When DELETE "/subjects/:{c}:s"
    Then it answers error 42205
    When POST "/subjects/:{c2}:s/versions" with schema A
    Then it answers id 1 version 1

  Scenario: a subject's mode wins over its context's
    Given PUT "/mode/:{c}:" with mode READONLY
    And PUT "/mode/:{c}:s" with mode READWRITE
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers id 1 version 1
    When GET "/mode/:{c}:t?defaultToGlobal=true"
    Then it answers {"mode":"READONLY"}
    When GET "/mode/:{c}:t"
    Then it answers error 40409 "Subject ':{c}:t' does not have subject-level mode configured"

  @exclusive
  Scenario: what is set globally holds where nothing else is set
    Given PUT "/config/:.__GLOBAL:" with level NONE
    When GET "/config/:{c}:s?defaultToGlobal=true"
    Then it answers {"compatibilityLevel":"NONE"}
    When DELETE "/config/:.__GLOBAL:"
    Then it answers {"compatibilityLevel":"NONE"}
    When GET "/config/:{c}:s?defaultToGlobal=true"
    Then it answers {"compatibilityLevel":"BACKWARD"}

  @exclusive
  Scenario: the default context's config does not reach other contexts
    Given PUT "/config" with level FULL
    When GET "/config/:{c}:s?defaultToGlobal=true"
    Then it answers {"compatibilityLevel":"BACKWARD"}
    When GET "/config/s-{u}?defaultToGlobal=true"
    Then it answers {"compatibilityLevel":"FULL"}
    When DELETE "/config"
    Then it answers {"compatibilityLevel":"FULL"}

  @exclusive
  Scenario: a global mode that is read-only
    Given PUT "/mode/:.__GLOBAL:" with mode READONLY
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers error 42205 "Subject :{c}:s in context :{c}: is in read-only mode"
    When DELETE "/mode/:.__GLOBAL:"
    Then it answers {"mode":"READONLY"}
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers id 1 version 1
