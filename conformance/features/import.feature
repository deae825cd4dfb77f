@topic-import
Feature: A copy keeps its IDs and versions

  Scenario: IDs and versions as in the source
    Given PUT "/mode/:{c}:" with mode IMPORT
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","id":7,"version":5}
      """
    Then it answers id 7 version 5
    When GET "/subjects/:{c}:s/versions"
    Then it answers [5]
    When GET "/contexts/{c}/schemas/ids/7"
    Then it answers schema A of ":{c}:s"

  Scenario: work goes on behind the highest ID
    Given PUT "/mode/:{c}:" with mode IMPORT
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","id":100,"version":3}
      """
    When PUT "/mode/:{c}:" with mode READWRITE
    And POST "/subjects/:{c}:s/versions" with schema B
    Then it answers id 101 version 4
    When POST "/subjects/:{c}:t/versions" with schema A
    Then it answers id 100 version 1

  Scenario: an ID of one's own wants the import mode
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","id":7,"version":1}
      """
    Then it answers error 42205 "Subject :{c}:s in context :{c}: is not in import mode"
    When GET "/subjects/:{c}:s/versions"
    Then it answers error 40401

  Scenario: the import mode wants an ID
    Given PUT "/mode/:{c}:" with mode IMPORT
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers error 42205 "Subject :{c}:s in context :{c}: is not in read-write mode"

  Scenario: an ID keeps its schema
    Given PUT "/mode/:{c}:" with mode IMPORT
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","id":7,"version":1}
      """
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$B","id":7,"version":2}
      """
    Then it answers error 42205 "Overwrite new schema with id 7 in context :{c}: is not permitted."
    When GET "/contexts/{c}/schemas/ids/7"
    Then it answers schema A of ":{c}:s"

  Scenario: a schema may have two IDs, and the last one counts
    Given PUT "/mode/:{c}:" with mode IMPORT
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","id":7,"version":5}
      """
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","id":9,"version":6}
      """
    Then it answers id 9 version 6
    When PUT "/mode/:{c}:" with mode READWRITE
    And POST "/subjects/:{c}:t/versions" with schema A
    Then it answers id 9 version 1

  Scenario: nothing is compared
    Given PUT "/mode/:{c}:" with mode IMPORT
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","id":1,"version":1}
      """
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$D","id":2,"version":2}
      """
    Then it answers id 2 version 2
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"{","id":3,"version":3}
      """
    Then it answers error 42201

  Scenario: versions come in any order
    Given PUT "/mode/:{c}:" with mode IMPORT
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$B","id":2,"version":4}
      """
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","id":1,"version":2}
      """
    When GET "/subjects/:{c}:s/versions"
    Then it answers [2,4]
    When GET "/subjects/:{c}:s/versions/latest"
    Then it answers schema B of ":{c}:s"

  @beyond
  Scenario: a version that is written again leaves its old ID alone
    Given PUT "/mode/:{c}:" with mode IMPORT
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","id":7,"version":1}
      """
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$B","id":8,"version":1}
      """
    Then it answers id 8 version 1
    When GET "/subjects/:{c}:s/versions/1"
    Then it answers schema B of ":{c}:s"
    When GET "/contexts/{c}/schemas/ids/7/schema"
    Then it answers the text of A

  Scenario: references come along
    Given PUT "/mode/:{c}:" with mode IMPORT
    And POST "/subjects/:{c}:ref/versions" with
      """
      {"schema":"$A","id":5,"version":2}
      """
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$E","id":6,"version":1,"references":[{"name":"R","subject":"ref","version":2}]}
      """
    Then it answers id 6 version 1
    When GET "/subjects/:{c}:ref/versions/2/referencedby"
    Then it answers [6]
    When POST "/subjects/:{c}:t/versions" with
      """
      {"schema":"$E","id":7,"version":1,"references":[{"name":"R","subject":"ref","version":3}]}
      """
    Then it answers error 42201

  Scenario: a subject alone is imported into
    Given POST "/subjects/:{c}:other/versions" with schema B
    And PUT "/mode/:{c}:s" with mode IMPORT
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","id":9,"version":1}
      """
    Then it answers id 9 version 1
    When POST "/subjects/:{c}:other/versions" with
      """
      {"schema":"$A","id":10,"version":2}
      """
    Then it answers error 42205 "Subject :{c}:other in context :{c}: is not in import mode"

  Scenario: what was soft-deleted is cleared away first
    Given POST "/subjects/:{c}:s/versions" with schema A
    And DELETE "/subjects/:{c}:s"
    When PUT "/mode/:{c}:s" with mode IMPORT
    Then it answers {"mode":"IMPORT"}
    When GET "/subjects/:{c}:s/versions?deleted=true"
    Then it answers error 40401

  @contexts
  Scenario: a context is imported into while it is empty, or by force
    Given POST "/subjects/:{c}:s/versions" with schema A
    When PUT "/mode/:{c}:" with mode IMPORT
    Then it answers error 42205 "Cannot import since found existing subjects"
    When GET "/mode/:{c}:?defaultToGlobal=true"
    Then it answers {"mode":"READWRITE"}
    When PUT "/mode/:{c2}:" with mode IMPORT
    Then it answers {"mode":"IMPORT"}
    When PUT "/mode/:{c}:?force=true" with mode IMPORT
    Then it answers {"mode":"IMPORT"}
    When GET "/subjects/:{c}:s/versions"
    Then it answers [1]

  @contexts
  Scenario: one context is imported into while another one works
    Given PUT "/mode/:{c}:" with mode IMPORT
    When POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$B","id":1,"version":1}
      """
    Then it answers id 1 version 1
    When POST "/subjects/:{c2}:s/versions" with schema A
    Then it answers id 1 version 1
    When POST "/subjects/:{c2}:s/versions" with
      """
      {"schema":"$B","id":5,"version":2}
      """
    Then it answers error 42205 "Subject :{c2}:s in context :{c2}: is not in import mode"

  @contexts
  Scenario: a copy into another context has the same IDs, versions and guids
    Given POST "/subjects/:{c}:x/versions" with schema B
    And POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with schema B
    And PUT "/mode/:{c2}:" with mode IMPORT
    When POST "/subjects/:{c2}:s/versions" with
      """
      {"schema":"$A","id":2,"version":1}
      """
    Then it answers {"id":2,"version":1,"guid":"acb9a771-413f-2f1c-6a25-9db09a05dd82","schemaType":"AVRO","schema":"$A"}
    When POST "/subjects/:{c2}:s/versions" with
      """
      {"schema":"$B","id":1,"version":2}
      """
    Then it answers {"id":1,"version":2,"guid":"218c320e-18fb-36b7-d25e-843519a59ddc","schemaType":"AVRO","schema":"$B"}
    When PUT "/mode/:{c2}:" with mode READWRITE
    And POST "/subjects/:{c2}:s/versions" with schema B
    Then it answers id 1 version 2

  @contexts @exclusive
  Scenario: everything is imported into only if no context holds a subject
    Given POST "/subjects/:{c}:s/versions" with schema A
    When PUT "/mode" with mode IMPORT
    Then it answers error 42205 "Cannot import since found existing subjects"
    When PUT "/mode/:.__GLOBAL:" with mode IMPORT
    Then it answers error 42205 "Cannot import since found existing subjects"
    When GET "/mode"
    Then it answers {"mode":"READWRITE"}
