@topic-basics
Feature: Registering a schema and reading it back

  Scenario: the shapes of the answers
    Given POST "/subjects/:{c}:s/versions" with schema A
    When GET "/subjects/:{c}:s/versions/1"
    Then it answers 200 with
      """
      {"subject":":{c}:s","version":1,"id":1,"guid":"acb9a771-413f-2f1c-6a25-9db09a05dd82","schemaType":"AVRO","schema":"$A","ts":"<ms>","deleted":false}
      """
    When GET "/contexts/{c}/schemas/ids/1"
    Then it answers 200 with
      """
      {"subject":":{c}:s","version":1,"guid":"acb9a771-413f-2f1c-6a25-9db09a05dd82","schemaType":"AVRO","schema":"$A","ts":"<ms>","deleted":false}
      """
    When POST "/subjects/:{c}:s" with schema A
    Then it answers 200 with
      """
      {"subject":":{c}:s","version":1,"id":1,"guid":"acb9a771-413f-2f1c-6a25-9db09a05dd82","schemaType":"AVRO","schema":"$A"}
      """

  Scenario: the raw text
    Given POST "/subjects/:{c}:s/versions" with schema A
    When GET "/contexts/{c}/schemas/ids/1/schema"
    Then it answers the text of A
    When GET "/subjects/:{c}:s/versions/latest/schema"
    Then it answers the text of A
    When GET "/subjects/:{c}:s/versions/2/schema"
    Then it answers error 40402 "Version 2 not found."

  Scenario: latest in every spelling
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with schema B
    When GET "/subjects/:{c}:s/versions/LATEST"
    Then it answers schema B of ":{c}:s"
    When GET "/subjects/:{c}:s/versions/-1"
    Then it answers schema B of ":{c}:s"

  Scenario: what is not there
    Given POST "/subjects/:{c}:s/versions" with schema A
    When GET "/subjects/:{c}:s/versions/5"
    Then it answers error 40402 "Version 5 not found."
    When GET "/subjects/:{c}:x/versions/5"
    Then it answers error 40401 "Subject ':{c}:x' not found."
    When GET "/contexts/{c}/schemas/ids/99"
    Then it answers error 40403 "Schema 99 not found"
    When GET "/contexts/{c}/schemas/ids/abc"
    Then it answers error 404 "HTTP 404 Not Found"
    When POST "/subjects/:{c}:s" with schema B
    Then it answers error 40403 "Schema not found"
    When POST "/subjects/:{c}:x" with schema A
    Then it answers error 40401 "Subject ':{c}:x' not found."

  Scenario: the highest ID on request
    Given POST "/subjects/:{c}:s/versions" with schema A
    And POST "/subjects/:{c}:s/versions" with schema B
    When GET "/contexts/{c}/schemas/ids/1?fetchMaxId=true"
    Then it answers 200 with
      """
      {"subject":":{c}:s","version":1,"guid":"<any>","schemaType":"AVRO","schema":"$A","maxId":2,"ts":"<ms>","deleted":false}
      """

  Scenario: HEAD works where GET does
    Given POST "/subjects/:{c}:s/versions" with schema A
    When HEAD "/subjects/:{c}:s/versions/1"
    Then it answers 200
    When HEAD "/subjects/:{c}:x/versions/1"
    Then it answers 404

  Scenario: the root
    When GET "/"
    Then it answers {}
    When POST "/"
    Then it answers {}

  Scenario: names of the default context are plain
    When POST "/subjects/plain-{u}/versions" with schema A
    Then its "version" is 1
    And call its "id" {id}
    When GET "/subjects/plain-{u}/versions/1"
    Then its "subject" is "plain-{u}"
    And its "id" is {id}
    When GET "/schemas/ids/{id}?subject=plain-{u}"
    Then it answers schema A of "plain-{u}"
    When GET "/subjects"
    Then it lists "plain-{u}"
    When GET "/contexts"
    Then it lists "."

  Scenario: what a registration answers is all there is to know
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers {"id":1,"version":1,"guid":"acb9a771-413f-2f1c-6a25-9db09a05dd82","schemaType":"AVRO","schema":"$A"}
    And the answer is kept
    When POST "/subjects/:{c}:s/versions" with schema A
    Then it answers what was kept

  Scenario: the languages
    When GET "/schemas/types"
    Then it lists "AVRO", "JSON", "PROTOBUF"

  Scenario: the registry tells about itself
    When GET "/v1/metadata/id"
    Then its "scope.path" is []
    And it has no "id"
    When GET "/v1/metadata/version"
    Then it answers {"version":"<any>","commitId":"<any>"}
    When GET "/v1/metadata/deployment"
    Then its "attributes" is "<any>"

  Scenario: a schema by its guid
    Given POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"{\"type\":\"fixed\",\"name\":\"F{u}\",\"size\":4}"}
      """
    Then call its "guid" {guid}
    When GET "/schemas/guids/{guid}"
    Then it answers {"guid":"{guid}","schemaType":"AVRO","schema":"{\"type\":\"fixed\",\"name\":\"F{u}\",\"size\":4}","ts":"<ms>","deleted":false}
    When GET "/schemas/guids/{guid}/ids"
    Then it answers [{"context":"{c}","id":1}]

  Scenario: guids are written with hyphens or without
    When POST "/subjects/:{c}:s/versions" with schema A
    And GET "/schemas/guids/acb9a771413f2f1c6a259db09a05dd82"
    Then its "guid" is "acb9a771-413f-2f1c-6a25-9db09a05dd82"
    And its "schema" is "$A"
    When GET "/schemas/guids/not-a-guid"
    Then it answers error 40403 "Schema not-a-guid not found"
    When GET "/schemas/guids/not-a-guid/ids"
    Then it answers []

  Scenario: flags are true in any letter case, and by no other word
    Given POST "/subjects/:{c}:s/versions" with schema A
    And DELETE "/subjects/:{c}:s"
    When GET "/contexts/{c}/subjects?deleted=TRUE"
    Then it answers [":{c}:s"]
    When GET "/contexts/{c}/subjects?deleted=1"
    Then it answers []
    When GET "/contexts/{c}/subjects?deleted=yes"
    Then it answers []
    When GET "/contexts/{c}/subjects?deleted="
    Then it answers []

  Scenario: what nobody knows is ignored
    When POST "/subjects/:{c}:s/versions?nosuch=1" with
      """
      {"schema":"$A","nosuch":{"a":[1,2]}}
      """
    Then it answers id 1 version 1
    When GET "/subjects/:{c}:s/versions/1?nosuch=2&format=nosuch"
    Then it answers schema A of ":{c}:s"

  Scenario: a subject's newest version with given properties
    Given POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$A","metadata":{"properties":{"owner":"x","team":"1"}}}
      """
    And POST "/subjects/:{c}:s/versions" with
      """
      {"schema":"$B","metadata":{"properties":{"owner":"y","team":"1"}}}
      """
    When GET "/subjects/:{c}:s/metadata?key=owner&value=x"
    Then its "version" is 1
    When GET "/subjects/:{c}:s/metadata?key=team&value=1"
    Then its "version" is 2
    When GET "/subjects/:{c}:s/metadata?key=team&value=1&key=owner"
    Then its "version" is 2
    When GET "/subjects/:{c}:s/metadata?key=team&value=1&key=owner&value=z"
    Then it answers error 40403 "Schema not found"
    When GET "/subjects/:{c}:none/metadata?key=team&value=1"
    Then it answers error 40401 "Subject ':{c}:none' not found."
