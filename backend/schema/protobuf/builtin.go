package protobuf

import (
	"embed"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/apipb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/sourcecontextpb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/typepb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"schemaside/backend/schema"
)

// builtinFiles are the texts that the Protobuf library doesn't bring along.
//
//go:embed builtin
var builtinFiles embed.FS

// builtinSet are the files that every text can name types of (spec/schema-languages.md 3.1.3).
type builtinSet struct {
	files map[string]*source
	names *names
}

// builtins is made once and never changes.
var builtins = sync.OnceValue(loadBuiltins) //nolint:gochecknoglobals // see above

func loadBuiltins() *builtinSet {
	set := &builtinSet{files: map[string]*source{}}
	for _, d := range wellKnown() {
		set.add(d.Path(), fromDescriptor(protodesc.ToFileDescriptorProto(d)))
	}
	err := fs.WalkDir(builtinFiles, "builtin", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := builtinFiles.ReadFile(path)
		if err != nil {
			return err
		}
		tree, err := parseFile(string(text), newBudget(schema.Limits{}))
		if err != nil {
			return err
		}
		set.add(strings.TrimPrefix(path, "builtin/"), tree)
		return nil
	})
	if err != nil {
		panic("built-in file: " + err.Error()) // embedded, and read by a test
	}
	var all []*source
	for _, name := range slices.Sorted(maps.Keys(set.files)) {
		all = append(all, set.files[name])
	}
	set.names = namesOf(all...)
	return set
}

func (s *builtinSet) add(name string, tree *file) {
	s.files[name] = &source{name: name, tree: tree, builtin: true}
}

func wellKnown() []protoreflect.FileDescriptor {
	return []protoreflect.FileDescriptor{
		anypb.File_google_protobuf_any_proto,
		apipb.File_google_protobuf_api_proto,
		descriptorpb.File_google_protobuf_descriptor_proto,
		durationpb.File_google_protobuf_duration_proto,
		emptypb.File_google_protobuf_empty_proto,
		fieldmaskpb.File_google_protobuf_field_mask_proto,
		sourcecontextpb.File_google_protobuf_source_context_proto,
		structpb.File_google_protobuf_struct_proto,
		timestamppb.File_google_protobuf_timestamp_proto,
		typepb.File_google_protobuf_type_proto,
		wrapperspb.File_google_protobuf_wrappers_proto,
	}
}
