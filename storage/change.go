package storage

// Change is one step of a Commit: one of the types of this file.
type Change interface{ change() }

type (
	// PutSchema writes the schema of an ID.
	PutSchema struct{ Schema Schema }
	// DeleteSchema removes the schema of an ID, if it is there.
	DeleteSchema struct{ ID int32 }

	// PutFingerprint makes SchemaByFingerprint find the schema of ID.
	PutFingerprint struct {
		Fingerprint Fingerprint
		ID          int32
	}
	// DeleteFingerprint makes SchemaByFingerprint find nothing.
	DeleteFingerprint struct{ Fingerprint Fingerprint }

	// PutVersion writes a version of a subject, over what was there.
	PutVersion struct{ Version Version }
	// DeleteVersion removes a version of a subject, if it is there.
	DeleteVersion struct {
		Subject string
		Version int32
	}

	// PutBackReference adds a back-reference, if it isn't there.
	PutBackReference struct{ BackReference BackReference }
	// DeleteBackReference removes a back-reference, if it is there.
	DeleteBackReference struct{ BackReference BackReference }

	// PutSettings writes the settings of a subject, or of the context for an empty subject. Settings with neither
	// config nor mode are removed.
	PutSettings struct{ Settings Settings }

	// RaiseNextID makes Head.NextID at least To.
	RaiseNextID struct{ To int32 }
	// SetKnown sets Head.Known.
	SetKnown struct{ Known bool }
	// Removal moves Head.Removal to the revision of this commit: something that could be read before is gone or
	// reads otherwise, though it is of the kind that otherwise never changes.
	Removal struct{}
)

func (PutSchema) change()           {}
func (DeleteSchema) change()        {}
func (PutFingerprint) change()      {}
func (DeleteFingerprint) change()   {}
func (PutVersion) change()          {}
func (DeleteVersion) change()       {}
func (PutBackReference) change()    {}
func (DeleteBackReference) change() {}
func (PutSettings) change()         {}
func (RaiseNextID) change()         {}
func (SetKnown) change()            {}
func (Removal) change()             {}
