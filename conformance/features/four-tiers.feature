@topic-four-tier-settings @contexts
Feature: Settings of a subject, its context, all contexts, and the server

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

  Scenario: where nothing is set, the server's own settings hold
    When GET "/config/:{c}:s?defaultToGlobal=true"
    Then it answers {"compatibilityLevel":"BACKWARD"}
    When GET "/config/:{c}:?defaultToGlobal=true"
    Then it answers {"compatibilityLevel":"BACKWARD"}
    When GET "/mode/:{c}:s?defaultToGlobal=true"
    Then it answers {"mode":"READWRITE"}
    When GET "/config/:{c}:s"
    Then it answers error 40408

  Scenario: a subject's config without a level has the server's, not the context's
    Given PUT "/config/:{c}:" with level FULL
    And PUT "/config/:{c}:s" with
      """
      {"normalize":true}
      """
    When GET "/config/:{c}:s?defaultToGlobal=true"
    Then it answers {"normalize":true,"compatibilityLevel":"BACKWARD"}
    When GET "/config/:{c}:t?defaultToGlobal=true"
    Then it answers {"compatibilityLevel":"FULL"}

  Scenario: a context's config is taken as a whole
    Given PUT "/config/:{c}:" with
      """
      {"normalize":true,"compatibilityGroup":"g"}
      """
    When GET "/config/:{c}:s?defaultToGlobal=true"
    Then it answers {"normalize":true,"compatibilityGroup":"g","compatibilityLevel":"BACKWARD"}
    When PUT "/config/:{c}:s" with level NONE
    And GET "/config/:{c}:s?defaultToGlobal=true"
    Then it answers {"compatibilityLevel":"NONE"}

  Scenario: the level that decides is that of the nearest tier
    Given PUT "/config/:{c}:" with level NONE
    And POST "/subjects/:{c}:s/versions" with schema A
    When POST "/compatibility/subjects/:{c}:s/versions/latest" with schema D
    Then it answers {"is_compatible":true}
    When PUT "/config/:{c}:s" with level FULL
    And POST "/compatibility/subjects/:{c}:s/versions/latest" with schema D
    Then it answers {"is_compatible":false}
    When DELETE "/config/:{c}:s"
    And POST "/subjects/:{c}:s/versions" with schema D
    Then it answers id 2 version 2
    When DELETE "/config/:{c}:"
    And POST "/subjects/:{c}:s/versions" with schema B
    Then it answers error 40901

  Scenario: a subject may be read-only in a context that isn't
    Given PUT "/mode/:{c}:s" with mode READONLY
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers error 42205 "Subject :{c}:s in context :{c}: is in read-only mode"
    When POST "/subjects/:{c}:t/versions" with schema A
    Then it answers id 1 version 1
    When DELETE "/mode/:{c}:s"
    And POST "/subjects/:{c}:s/versions" with schema A
    Then it answers id 1 version 1

  Scenario: a context's mode goes, and the next tier's holds
    Given PUT "/mode/:{c}:" with mode READONLY
    When GET "/mode/:{c}:s?defaultToGlobal=true"
    Then it answers {"mode":"READONLY"}
    When DELETE "/mode/:{c}:"
    Then it answers {"mode":"READONLY"}
    When GET "/mode/:{c}:s?defaultToGlobal=true"
    Then it answers {"mode":"READWRITE"}
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers id 1 version 1

  Scenario: metadata of the context's config reaches its schemas
    Given PUT "/config/:{c}:" with
      """
      {"defaultMetadata":{"properties":{"owner":"team"}}}
      """
    When POST "/subjects/:{c}:s/versions" with schema A
    Then its "metadata" is {"properties":{"owner":"team"}}
    When POST "/subjects/:{c2}:s/versions" with schema A
    Then it has no "metadata"
    When PUT "/config/:{c}:t" with level NONE
    And POST "/subjects/:{c}:t/versions" with schema B
    Then it has no "metadata"

  @exclusive
  Scenario: a subject of any context takes a few fields from the default context
    Given PUT "/config" with
      """
      {"normalize":true,"compatibility":"FULL"}
      """
    And PUT "/config/:{c}:s" with level NONE
    When GET "/config/:{c}:s?defaultToGlobal=true"
    Then it answers {"normalize":true,"compatibilityLevel":"NONE"}
    When GET "/config/:{c}:s"
    Then it answers {"compatibilityLevel":"NONE"}
    When GET "/config/:{c}:t?defaultToGlobal=true"
    Then it answers {"compatibilityLevel":"BACKWARD"}
    When DELETE "/config"
    Then it answers {"normalize":true,"compatibilityLevel":"FULL"}

  @exclusive
  Scenario: the nearest of three tiers holds
    Given PUT "/config/:.__GLOBAL:" with level NONE
    And PUT "/config/:{c}:" with level FULL
    When GET "/config/:{c}:s?defaultToGlobal=true"
    Then it answers {"compatibilityLevel":"FULL"}
    When PUT "/config/:{c}:s" with level FORWARD
    And GET "/config/:{c}:s?defaultToGlobal=true"
    Then it answers {"compatibilityLevel":"FORWARD"}
    When GET "/config/:{c2}:s?defaultToGlobal=true"
    Then it answers {"compatibilityLevel":"NONE"}
    When POST "/subjects/:{c2}:s/versions" with schema A
    And POST "/subjects/:{c2}:s/versions" with schema D
    Then it answers id 2 version 2
    When DELETE "/config/:.__GLOBAL:"
    Then it answers {"compatibilityLevel":"NONE"}
    When POST "/subjects/:{c2}:s/versions" with schema B
    Then it answers error 40901

  @exclusive
  Scenario: the default context's settings are those of the root
    Given PUT "/config/:.:" with level FULL
    When GET "/config"
    Then it answers {"compatibilityLevel":"FULL"}
    When GET "/contexts/:.:/config"
    Then it answers {"compatibilityLevel":"FULL"}
    When DELETE "/contexts/:.:/config"
    Then it answers {"compatibilityLevel":"FULL"}
    When GET "/config"
    Then it answers {"compatibilityLevel":"BACKWARD"}
    When DELETE "/config"
    Then it answers {"compatibilityLevel":"BACKWARD"}

  @exclusive
  Scenario: the mode of all contexts shows where it is asked for
    Given PUT "/mode/:.__GLOBAL:" with mode READONLY
    When GET "/mode"
    Then it answers {"mode":"READWRITE"}
    When GET "/mode?defaultToGlobal=true"
    Then it answers {"mode":"READONLY"}
    When GET "/mode/:{c}:s?defaultToGlobal=true"
    Then it answers {"mode":"READONLY"}
    When PUT "/mode/:{c}:" with mode READWRITE
    And POST "/subjects/:{c}:s/versions" with schema A
    Then it answers id 1 version 1
    When POST "/subjects/s-{u}/versions" with schema A
    Then it answers error 42205 "Subject s-{u} in context  is in read-only mode"
    When DELETE "/mode/:.__GLOBAL:"
    Then it answers {"mode":"READONLY"}
    When GET "/mode?defaultToGlobal=true"
    Then it answers {"mode":"READWRITE"}

  @exclusive
  Scenario: the default context's mode is its own
    Given PUT "/mode" with mode READONLY
    When POST "/subjects/s-{u}/versions" with schema A
    Then it answers error 42205 "Subject s-{u} in context  is in read-only mode"
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers id 1 version 1
    When PUT "/config" with level NONE
    Then it answers error 42205 "Subject null in context  is in read-only mode"
    When DELETE "/config"
    Then it answers error 42205 "Subject null in context  is in read-only mode"
    When PUT "/mode/s-{u}" with mode READWRITE
    And POST "/subjects/s-{u}/versions" with schema A
    Then its "version" is 1
    When DELETE "/mode?recursive=true"
    Then it answers {"mode":"READONLY"}
    When GET "/mode/s-{u}"
    Then it answers error 40409

  @exclusive
  Scenario: forwarding is a mode of all contexts
    When PUT "/mode/:.__GLOBAL:" with mode FORWARD
    Then it answers {"mode":"FORWARD"}
    When DELETE "/mode/:.__GLOBAL:"
    Then it answers {"mode":"FORWARD"}
    When PUT "/mode" with mode FORWARD
    Then it answers error 42204 "Forward mode only supported on global level"
    When PUT "/mode/:{c}:" with mode FORWARD
    Then it answers error 42204 "Forward mode only supported on global level"

  @exclusive
  Scenario: what was never set globally is taken away without a word
    When DELETE "/config/:.__GLOBAL:"
    Then it answers {"compatibilityLevel":"BACKWARD"}
    When GET "/config/:.__GLOBAL:"
    Then it answers {"compatibilityLevel":"BACKWARD"}
    When GET "/mode/:.__GLOBAL:"
    Then it answers {"mode":"READWRITE"}
