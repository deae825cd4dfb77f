@topic-config-and-mode
Feature: Config and mode of a subject and of a context

  Scenario: a level that is none
    When PUT "/config/:{c}:s" with level sometimes
    Then it answers error 42203
    When DELETE "/config/:{c}:s"
    Then it answers error 40401 "Subject ':{c}:s' not found."

  @contexts
  Scenario: config of one context leaves others alone
    Given PUT "/config/:{c}:" with level NONE
    When GET "/config/:{c2}:s?defaultToGlobal=true"
    Then it answers {"compatibilityLevel":"BACKWARD"}

  @contexts
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

  @contexts
  Scenario: the prefix reaches the context's config
    Given PUT "/contexts/{c}/config" with level FORWARD
    When GET "/config/:{c}:"
    Then it answers {"compatibilityLevel":"FORWARD"}

  Scenario: a config is changed field by field, and null clears one
    When PUT "/config/:{c}:s" with
      """
      {"compatibility":"none"}
      """
    Then it answers {"compatibility":"NONE"}
    When PUT "/config/:{c}:s" with
      """
      {"normalize":true}
      """
    Then it answers {"normalize":true,"compatibility":"NONE"}
    When PUT "/config/:{c}:s" with
      """
      {"compatibility":null}
      """
    Then it answers {"normalize":true}
    When GET "/config/:{c}:s"
    Then it answers {"normalize":true,"compatibilityLevel":"BACKWARD"}

  Scenario: an empty config is a config
    When PUT "/config/:{c}:s" with
      """
      {}
      """
    Then it answers {}
    When GET "/config/:{c}:s"
    Then it answers {"compatibilityLevel":"BACKWARD"}
    When DELETE "/config/:{c}:s"
    Then it answers 200
    When GET "/config/:{c}:s"
    Then it answers error 40408

  Scenario Outline: every level, in any letter case
    When PUT "/config/:{c}:s" with level <given>
    Then it answers {"compatibility":"<kept>"}
    When GET "/config/:{c}:s"
    Then it answers {"compatibilityLevel":"<kept>"}

    Examples:
      | given               | kept                |
      | backward            | BACKWARD            |
      | Backward_Transitive | BACKWARD_TRANSITIVE |
      | FORWARD             | FORWARD             |
      | forward_transitive  | FORWARD_TRANSITIVE  |
      | Full                | FULL                |
      | full_transitive     | FULL_TRANSITIVE     |
      | nOnE                | NONE                |

  Scenario: a policy that nobody knows is left out
    When PUT "/config/:{c}:s" with
      """
      {"compatibilityPolicy":"bogus"}
      """
    Then it answers {}
    When PUT "/config/:{c}:s" with
      """
      {"compatibilityPolicy":"LENIENT"}
      """
    Then it answers {"compatibilityPolicy":"LENIENT"}

  Scenario: config is kept through a soft delete and goes with the hard one
    Given PUT "/config/:{c}:s" with level NONE
    And PUT "/mode/:{c}:s" with mode READWRITE
    And POST "/subjects/:{c}:s/versions" with schema A
    When DELETE "/subjects/:{c}:s"
    And GET "/config/:{c}:s"
    Then it answers {"compatibilityLevel":"NONE"}
    When DELETE "/subjects/:{c}:s?permanent=true"
    And GET "/config/:{c}:s"
    Then it answers error 40408 "Subject ':{c}:s' does not have subject-level compatibility configured"
    When GET "/mode/:{c}:s"
    Then it answers error 40409 "Subject ':{c}:s' does not have subject-level mode configured"

  Scenario: metadata of the config is laid below and above the schema's
    Given PUT "/config/:{c}:s" with
      """
      {"defaultMetadata":{"properties":{"low":"config","owner":"config"}},"overrideMetadata":{"properties":{"high":"config"}}}
      """
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","metadata":{"properties":{"owner":"own","high":"own"}}}
      """
    Then its "metadata" is {"properties":{"low":"config","owner":"own","high":"config"}}
    When GET "/config/:{c}:s"
    Then it answers {"compatibilityLevel":"BACKWARD","defaultMetadata":{"properties":{"low":"config","owner":"config"}},"overrideMetadata":{"properties":{"high":"config"}}}

  Scenario: the fields that are kept and shown
    When PUT "/config/:{c}:s" with
      """
      {"alias":"t","normalize":true,"validateFields":true,"compatibility":"FULL","compatibilityGroup":"g","compatibilityPolicy":"STRICT"}
      """
    Then it answers {"alias":"t","normalize":true,"validateFields":true,"compatibility":"FULL","compatibilityGroup":"g","compatibilityPolicy":"STRICT"}
    When DELETE "/config/:{c}:s"
    Then it answers {"alias":"t","normalize":true,"validateFields":true,"compatibilityLevel":"FULL","compatibilityGroup":"g","compatibilityPolicy":"STRICT"}

  Scenario: a mode is echoed as given, and kept in capitals
    When PUT "/mode/:{c}:s" with mode ReadOnly
    Then it answers {"mode":"ReadOnly"}
    When GET "/mode/:{c}:s"
    Then it answers {"mode":"READONLY"}
    When PUT "/mode/:{c}:s" with
      """
      {"mode":null}
      """
    Then it answers {"mode":null}
    When GET "/mode/:{c}:s?defaultToGlobal=true"
    Then it answers {"mode":"READWRITE"}

  Scenario: modes that are none
    When PUT "/mode/:{c}:s" with mode nosuch
    Then it answers error 42204 "Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD."
    When PUT "/mode/:{c}:s" with mode FORWARD
    Then it answers error 42204 "Forward mode only supported on global level"
    When GET "/mode/:{c}:s"
    Then it answers error 40409

  @beyond
  Scenario: a request for no mode is refused
    When PUT "/mode/:{c}:s" with
      """
      {}
      """
    Then it answers error 42204

  Scenario: a mode is taken away
    Given PUT "/mode/:{c}:s" with mode READONLY
    When DELETE "/mode/:{c}:s"
    Then it answers {"mode":"READONLY"}
    When DELETE "/mode/:{c}:s"
    Then it answers error 40401 "Subject ':{c}:s' not found."
    When DELETE "/mode/:{c}:s?recursive=true"
    Then it answers {}

  Scenario: reads and checks go on where writes are refused
    Given POST "/subjects/:{c}:s/versions" with schema A
    And PUT "/mode/:{c}:s" with mode READONLY
    When POST "/subjects/:{c}:s" with schema A
    Then its "version" is 1
    When POST "/compatibility/subjects/:{c}:s/versions/latest" with schema B
    Then it answers {"is_compatible":true}
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers id 1 version 1
    When DELETE "/subjects/:{c}:s/versions/1"
    Then it answers error 42205 "Subject :{c}:s in context :{c}: is in read-only mode"
    When DELETE "/subjects/:{c}:none"
    Then it answers error 40401 "Subject ':{c}:none' not found."

  Scenario: READONLY_OVERRIDE is read-only, too
    Given PUT "/mode/:{c}:s" with mode READONLY_OVERRIDE
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers error 42205 "Subject :{c}:s in context :{c}: is in read-only mode"
    When GET "/mode/:{c}:s"
    Then it answers {"mode":"READONLY_OVERRIDE"}

  @contexts
  Scenario: a read-only context keeps its config, too
    Given PUT "/mode/:{c}:" with mode READONLY
    When PUT "/config/:{c}:" with level NONE
    Then it answers error 42205 "Subject :{c}: in context :{c}: is in read-only mode"
    When PUT "/config/:{c}:s" with level NONE
    Then it answers error 42205 "Subject :{c}:s in context :{c}: is in read-only mode"
    When PUT "/config/:{c2}:" with level NONE
    Then it answers {"compatibility":"NONE"}

  @contexts
  Scenario: a context without a config of its own says so
    When GET "/config/:{c}:"
    Then it answers error 40408 "Subject ':{c}:' does not have subject-level compatibility configured"
    When DELETE "/config/:{c}:"
    Then it answers error 40401 "Subject ':{c}:' not found."
    When GET "/mode/:{c}:"
    Then it answers error 40409 "Subject ':{c}:' does not have subject-level mode configured"
    When GET "/mode/:{c}:?defaultToGlobal=true"
    Then it answers {"mode":"READWRITE"}

  @contexts
  Scenario: the prefix reaches the context's mode
    Given PUT "/contexts/{c}/mode" with mode READONLY
    When GET "/mode/:{c}:"
    Then it answers {"mode":"READONLY"}
    When GET "/contexts/{c}/mode"
    Then it answers {"mode":"READONLY"}
    When GET "/contexts/{c}/mode/s?defaultToGlobal=true"
    Then it answers {"mode":"READONLY"}
    When GET "/contexts/{c2}/mode?defaultToGlobal=true"
    Then it answers {"mode":"READWRITE"}

  @contexts
  Scenario: a context's modes are taken away with those of its subjects, and no others
    Given PUT "/mode/:{c}:" with mode READONLY
    And PUT "/mode/:{c}:s" with mode READWRITE
    And PUT "/mode/:{c2}:s" with mode READONLY
    When DELETE "/mode/:{c}:?recursive=true"
    Then it answers {"mode":"READONLY"}
    When GET "/mode/:{c}:s"
    Then it answers error 40409
    When GET "/mode/:{c2}:s"
    Then it answers {"mode":"READONLY"}
