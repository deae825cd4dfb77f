package resolver

import "testing"

func TestViewWrites(t *testing.T) {
	t.Parallel()
	f := func(v View, context, subject, wantSubject, wantContext string) {
		t.Helper()
		if got := v.Subject(context, subject); got != wantSubject {
			t.Errorf("%+v writes subject %q of %q as %q, want %q", v, subject, context, got, wantSubject)
		}
		if got := v.Context(context); got != wantContext {
			t.Errorf("%+v writes context %q as %q, want %q", v, context, got, wantContext)
		}
		wantAppended(t, v, context, subject)
	}
	f(View{}, ".", "orders", "orders", "")
	f(View{}, ".team-a", "orders", ":.team-a:orders", ":.team-a:")
	f(View{}, ".team-a", "", ":.team-a:", ":.team-a:")
	f(View{}, ".__GLOBAL", "", ":.__GLOBAL:", ":.__GLOBAL:")
	f(View{}, "*", "s", ":*:s", ":*:")
	f(Bound(".team-a"), ".team-a", "orders", "orders", "")
	f(Bound(".team-a"), ".team-a", ":team-b:x", ":team-b:x", "")
	f(Bound(".team-a"), ".team-a", ":.team-b:x", ":.team-a::.team-b:x", "")
	f(Bound(".team-a"), ".team-b", "orders", hiddenName, hiddenName)
	f(Bound(".team-a"), ".", "orders", hiddenName, hiddenName)
	f(Bound(".team-a"), ".__GLOBAL", "", hiddenName, hiddenName)
	f(Bound("."), ".", "orders", "orders", "")
	f(Bound("."), ".team-a", "orders", hiddenName, hiddenName)
}

func TestBindingWithoutNameIsNotOpen(t *testing.T) {
	t.Parallel()
	if v := Bound(""); !v.IsBound() || v.Subject(".team-a", "orders") != hiddenName {
		t.Errorf("%+v shows other contexts", v)
	}
	if (View{}).IsBound() {
		t.Error("the zero view is bound")
	}
}
