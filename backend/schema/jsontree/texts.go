package jsontree

import "slices"

// Texts are the strings in an array; none if v is no array.
func (v *Value) Texts() []string {
	if v == nil || v.Kind != Array {
		return nil
	}
	var texts []string
	for _, m := range v.List {
		if m.Value.Kind == String {
			texts = append(texts, m.Value.Text)
		}
	}
	return texts
}

// SetTexts makes a member of an object an array of texts, in its old place or at the end. No texts remove it.
func (v *Value) SetTexts(key string, texts []string) {
	at := slices.IndexFunc(v.List, func(m Member) bool { return m.Key == key })
	if len(texts) == 0 {
		if at >= 0 {
			v.List = slices.Delete(v.List, at, at+1)
		}
		return
	}
	array := &Value{Kind: Array, List: make([]Member, len(texts))}
	for i, text := range texts {
		array.List[i].Value = &Value{Kind: String, Text: text}
	}
	if at >= 0 {
		v.List[at].Value = array
		return
	}
	v.List = append(v.List, Member{key, array})
}
