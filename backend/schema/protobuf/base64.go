package protobuf

import (
	"encoding/base64"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
)

// readBase64 reads a descriptor that was sent instead of a text (spec/schema-languages.md 3.5). What prints to a text
// that says something else is not accepted.
func readBase64(text string, left *budget) (*file, bool) {
	data, ok := decodeBase64(text)
	if !ok || len(data) > maxDescriptor {
		return nil, false
	}
	d := &descriptorpb.FileDescriptorProto{}
	if proto.Unmarshal(data, d) != nil || d.GetSyntax() == "editions" {
		return nil, false
	}
	printed, err := printFile(fromDescriptor(d))
	if err != nil {
		return nil, false
	}
	tree, err := parseFile(printed, left)
	if err != nil {
		return nil, false
	}
	again, err := printFile(tree)
	return tree, err == nil && again == printed
}

func decodeBase64(text string) ([]byte, bool) {
	text = strings.TrimRight(text, "=")
	if base64.RawStdEncoding.DecodedLen(len(text)) > maxDescriptor || strings.ContainsAny(text, "\r\n") {
		return nil, false
	}
	data, err := base64.RawStdEncoding.DecodeString(text)
	return data, err == nil
}
