package wire

import "fmt"

// Error is an answer that says no: a code of the catalogue below and its text. errors.As finds it; its cause, if it
// has one, is found by errors.Is.
type Error struct {
	// Code is the error_code of the body.
	Code int
	Text Text
	// Cause is what went wrong underneath; it is logged, never shown.
	Cause error
}

// Status is the HTTP status that goes with the code: its first three digits.
func (e *Error) Status() int {
	if e.Code >= 10000 {
		return e.Code / 100
	}
	return e.Code
}

func (e *Error) Error() string {
	s := fmt.Sprintf("%d: %s", e.Code, e.Text.Write(OpenNamer{}))
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Cause }

func newError(code int, format string, args ...any) *Error {
	return &Error{Code: code, Text: Textf(format, args...)}
}

// The catalogue of spec/rest-api.md 1.1 and 1.2, to the letter.

// Errors of the HTTP layer.

func NotFound() *Error             { return newError(404, "HTTP 404 Not Found") }
func MethodNotAllowed() *Error     { return newError(405, "HTTP 405 Method Not Allowed") }
func NotAcceptable() *Error        { return newError(406, "HTTP 406 Not Acceptable") }
func UnsupportedMediaType() *Error { return newError(415, "HTTP 415 Unsupported Media Type") }
func NotImplemented() *Error       { return newError(501, "HTTP 501 Not Implemented") }
func Internal(cause error) *Error {
	return &Error{Code: 500, Text: Plain("Internal Server Error"), Cause: cause}
}

// BadRequest tells what is wrong with the request as HTTP or as JSON.
func BadRequest(format string, args ...any) *Error { return newError(400, format, args...) }

// BodyTooLarge: the body unpacks to more than limit bytes.
func BodyTooLarge(limit int) *Error {
	return newError(413, "Request body is larger than the limit of %d bytes", limit)
}

// MissingBody: parameter names the missing body as the reference does, for example "register.request".
func MissingBody(parameter string) *Error {
	return newError(422, "%s must not be null (was null)", parameter)
}

// Misdirected: the Host is none that this registry serves.
func Misdirected(host string) *Error { return newError(421, "Host '%s' is not served here", host) }

// Forbidden: the request leaves the context that it is bound to.
func Forbidden(format string, args ...any) *Error { return newError(40301, format, args...) }

// Things that are not there.

func SubjectNotFound(n Name) *Error { return newError(40401, "Subject '%s' not found.", n) }

// VersionNotFound takes -1 for the latest version.
func VersionNotFound(version int32) *Error { return newError(40402, "Version %d not found.", version) }
func SchemaNotFound() *Error               { return newError(40403, "Schema not found") }
func SchemaIDNotFound(id int32) *Error     { return newError(40403, "Schema %d not found", id) }
func SchemaGUIDNotFound(guid string) *Error {
	return newError(40403, "Schema %s not found", guid)
}
func SubjectSoftDeleted(n Name) *Error {
	return newError(40404, "Subject '%s' was soft deleted.Set permanent=true to delete permanently", n)
}
func SubjectNotSoftDeleted(n Name) *Error {
	return newError(40405, "Subject '%s' was not deleted first before being permanently deleted", n)
}
func VersionSoftDeleted(n Name, version int32) *Error {
	return newError(40406, "Subject '%s' Version %d was soft deleted.Set permanent=true to delete permanently", n, version)
}
func VersionNotSoftDeleted(n Name, version int32) *Error {
	return newError(40407, "Subject '%s' Version %d was not deleted first before being permanently deleted", n, version)
}
func NoSubjectConfig(n Name) *Error {
	return newError(40408, "Subject '%s' does not have subject-level compatibility configured", n)
}
func NoSubjectMode(n Name) *Error {
	return newError(40409, "Subject '%s' does not have subject-level mode configured", n)
}

// Things that can't be done.

// Incompatible takes the messages of the check.
func Incompatible(n Name, messages []Text) *Error {
	return newError(40901, "Schema being registered is incompatible with an earlier schema for subject \"%s\", details: [%s]", n, messages)
}

// CodeInvalidSchema is the code of InvalidSchema.
const CodeInvalidSchema = 42201

func InvalidSchema(reason Text) *Error { return newError(CodeInvalidSchema, "%s", reason) }
func InvalidVersion(text string) *Error {
	return newError(42202, "The specified version '%s' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"", text)
}
func InvalidCompatibility() *Error {
	return newError(42203, "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive")
}
func InvalidMode() *Error {
	return newError(42204, "Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.")
}
func ForwardOnlyGlobal() *Error {
	return newError(42204, "Forward mode only supported on global level")
}
func ModeImmutable() *Error { return newError(42205, "Mode changes are not allowed") }
func ImportNotEmpty() *Error {
	return newError(42205, "Cannot import since found existing subjects")
}

// ReadOnly takes a Name, or the text "null" for the config of a context.
func ReadOnly(subject any, registryCtx string) *Error {
	return newError(42205, "Subject %s in context %s is in read-only mode", subject, InContext(registryCtx))
}
func NotImportMode(n Name) *Error {
	return newError(42205, "Subject %s in context %s is not in import mode", n, InContext(n.Context))
}
func NotReadWriteMode(n Name) *Error {
	return newError(42205, "Subject %s in context %s is not in read-write mode", n, InContext(n.Context))
}
func OverwriteID(id int32, registryCtx string) *Error {
	return newError(42205, "Overwrite new schema with id %d in context %s is not permitted.", id, InContext(registryCtx))
}
func NumbersExhausted(n Name) *Error {
	return newError(42205, "Subject %s has no version number or schema ID left", n)
}
func ReferenceExists(n Name, version int32) *Error {
	return newError(42206, "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=%s,version=%d}.", n, version)
}
func InvalidSubject(n Name) *Error {
	return newError(42208, "The specified subject '%s' is not a valid.", n)
}

// InvalidRuleSet takes what is wrong with a rule set.
func InvalidRuleSet(reason string) *Error { return newError(42210, "%s", reason) }
func ContextNotEmpty(registryCtx string) *Error {
	return newError(42211, "The specified context '%s' is not empty.", InContext(registryCtx))
}

// Things that failed. Their causes wrap the storage's sentinels.

// StoreFailed: the database refused or lost the call in a way that nobody foresaw.
func StoreFailed(cause error) *Error {
	return &Error{Code: 50001, Text: Plain("Error in the backend data store"), Cause: cause}
}

// Unavailable: the database could not be asked in time. Nothing was changed.
func Unavailable(cause error) *Error {
	return &Error{Code: 50002, Text: Plain("The backend data store did not answer in time"), Cause: cause}
}

// OutcomeUnknown: nobody can tell whether the write happened.
func OutcomeUnknown(cause error) *Error {
	return &Error{Code: 50002, Text: Plain("The write may or may not have happened; read before you repeat it"), Cause: cause}
}
