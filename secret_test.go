package frontdesk_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/frontdesk-go/frontdesk"
)

// canary is the text that must not come out, and the forms that verbs give it.
const canary = "sk_live_canary"

var canaryForms = []string{canary, "736b5f6c6976655f63616e617279", "736B5F6C6976655F63616E617279", "[115 107 95"}

// holder holds the canary wherever a value can.
type holder struct {
	Secret    frontdesk.Secret
	Personal  frontdesk.Personal
	Pointer   *frontdesk.Secret
	Any       any
	Slice     []frontdesk.Secret
	Map       map[string]frontdesk.Personal
	Nested    struct{ Deep []*frontdesk.Secret }
	secret    frontdesk.Secret
	personal  frontdesk.Personal
	pointer   *frontdesk.Secret
	any       any
	slice     []frontdesk.Secret
	array     [1]frontdesk.Personal
	byName    map[string]frontdesk.Personal
	embedding embedding
}

type embedding struct{ frontdesk.Secret }

func newHolder() *holder {
	s, p := frontdesk.NewSecret(canary), frontdesk.NewPersonal(canary)
	h := &holder{
		Secret: s, Personal: p, Pointer: &s, Any: s,
		Slice: []frontdesk.Secret{s}, Map: map[string]frontdesk.Personal{"p": p},
		secret: s, personal: p, pointer: &s, any: p, slice: []frontdesk.Secret{s},
		array: [1]frontdesk.Personal{p}, byName: map[string]frontdesk.Personal{"p": p}, embedding: embedding{s},
	}
	h.Nested.Deep = []*frontdesk.Secret{&s}
	return h
}

func everywhere() []any {
	h := newHolder()
	return []any{
		h.Secret, h.Personal, h.Pointer, h.Slice, h.Map, h.Nested, h.embedding, h.array,
		h, *h, []holder{*h}, map[string]*holder{"h": h}, []any{h}, &h, error(hiding{h.Secret}),
	}
}

// hiding is an error that holds a secret and prints itself.
type hiding struct{ secret frontdesk.Secret }

func (e hiding) Error() string {
	return fmt.Sprintf("refused: %v %+v", e.secret, struct{ s any }{e.secret})
}

func check(t *testing.T, how, text string) {
	t.Helper()
	for _, form := range canaryForms {
		if strings.Contains(text, form) {
			t.Errorf("%s shows the secret: %s", how, text)
		}
	}
}

func TestNoVerbShowsASecret(t *testing.T) {
	for _, verb := range strings.Split("%v %+v %#v %s %q %x %X % x %#x %d %o %b %c %U %e %g %t %p %T %w %z %20s %-5v %.3s %+q", " ") {
		for _, value := range everywhere() {
			check(t, fmt.Sprintf("%s of %T", verb, value), fmt.Sprintf(verb, value))
		}
	}
}

func TestPrintFunctionsShowNoSecret(t *testing.T) {
	for _, value := range everywhere() {
		check(t, "Sprint", fmt.Sprint(value))
		check(t, "Sprintln", fmt.Sprintln("x", value))
		check(t, "Errorf", fmt.Errorf("x: %v", value).Error())
		check(t, "frontdesk.Errorf", frontdesk.Errorf(frontdesk.Internal, "x: %v", value).Error())
	}
}

func TestSecretsReadRedacted(t *testing.T) {
	const want = "[redacted]"
	s, p := frontdesk.NewSecret(canary), frontdesk.NewPersonal(canary)
	for _, got := range []string{
		s.String(), s.GoString(), s.LogValue().String(), fmt.Sprintf("%x", s), fmt.Sprintf("%d", &s),
		p.String(), p.GoString(), p.LogValue().String(), fmt.Sprintf("%#v", p), fmt.Sprint(&p),
		frontdesk.Secret{}.String(),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got, want := fmt.Sprintf("%+v", struct{ Key frontdesk.Secret }{s}), "{Key:[redacted]}"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLogsShowNoSecret(t *testing.T) {
	var text bytes.Buffer
	handlers := []slog.Handler{
		slog.NewTextHandler(&text, &slog.HandlerOptions{AddSource: true}),
		slog.NewJSONHandler(&text, nil),
	}
	for _, handler := range handlers {
		log := slog.New(handler)
		for _, value := range everywhere() {
			log.With("with", value).WithGroup("group").Info("message", "value", value, slog.Group("g", "v", value))
		}
	}
	check(t, "slog", text.String())
	if !strings.Contains(text.String(), "[redacted]") {
		t.Errorf("slog shows no redaction: %s", &text)
	}
}

func TestEncodersShowNoSecret(t *testing.T) {
	encoders := map[string]func(io.Writer, any) error{
		"json": func(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) },
		"xml":  func(w io.Writer, v any) error { return xml.NewEncoder(w).Encode(v) },
		"gob":  func(w io.Writer, v any) error { return gob.NewEncoder(w).Encode(v) },
		"html": func(w io.Writer, v any) error {
			return template.Must(template.New("").Parse(`<a title="{{.}}">{{.}}</a><script>{{.}}</script>`)).Execute(w, v)
		},
	}
	for name, encode := range encoders {
		for _, value := range everywhere() {
			var text bytes.Buffer
			if err := encode(&text, value); err != nil {
				check(t, name, err.Error())
			}
			check(t, name, text.String())
		}
	}
}

func TestJSONOfASecretReadsRedacted(t *testing.T) {
	got, err := json.Marshal(map[string]any{"s": frontdesk.NewSecret(canary), "p": frontdesk.NewPersonal(canary)})
	if want := `{"p":"[redacted]","s":"[redacted]"}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

func TestReflectionFindsNoSecret(t *testing.T) {
	for _, value := range everywhere() {
		check(t, "reflection", dump(reflect.ValueOf(value)))
	}
	if got := dump(reflect.ValueOf(&struct{ s any }{[]string{canary}})); !strings.Contains(got, canary) {
		t.Errorf("the dump of a plain string shows %q, so it proves nothing", got)
	}
}

// dump prints all that reflection reaches, fields that are not exported included, and
// calls the methods of a Stringer even there, as go-spew does.
func dump(v reflect.Value) string {
	if v.CanAddr() {
		v = reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
	}
	var text strings.Builder
	if v.IsValid() && v.CanInterface() {
		fmt.Fprintf(&text, "%v %#v ", v.Interface(), v.Interface())
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		text.WriteString(dump(v.Elem()))
	case reflect.Struct:
		addressable := reflect.New(v.Type()).Elem()
		if v.CanInterface() {
			addressable.Set(v)
			v = addressable
		}
		for i := range v.NumField() {
			text.WriteString(dump(v.Field(i)))
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			text.WriteString(dump(v.Index(i)))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			text.WriteString(dump(v.MapIndex(key)))
		}
	case reflect.Invalid:
	default:
		fmt.Fprintf(&text, "%v ", v)
	}
	return text.String()
}

func TestRevealReturnsTheText(t *testing.T) {
	if got := frontdesk.NewSecret(canary).Reveal(); got != canary {
		t.Errorf("got %q", got)
	}
	if got := frontdesk.NewPersonal(canary).Reveal(); got != canary {
		t.Errorf("got %q", got)
	}
}

func TestZeroAndEmptySecretsAreZero(t *testing.T) {
	for _, s := range []frontdesk.Secret{{}, frontdesk.NewSecret("")} {
		if !s.IsZero() || s.Reveal() != "" {
			t.Errorf("%q is not zero", s.Reveal())
		}
	}
	for _, p := range []frontdesk.Personal{{}, frontdesk.NewPersonal("")} {
		if !p.IsZero() || p.Reveal() != "" {
			t.Errorf("%q is not zero", p.Reveal())
		}
	}
	if frontdesk.NewSecret(canary).IsZero() || frontdesk.NewPersonal(canary).IsZero() {
		t.Error("a text is zero")
	}
}

func TestOmitzeroLeavesOutEmptySecrets(t *testing.T) {
	got, err := json.Marshal(struct {
		Key frontdesk.Secret `json:",omitzero"`
	}{})
	if err != nil || string(got) != "{}" {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestSecretsAreNotReadFromJSON(t *testing.T) {
	var s frontdesk.Secret
	if err := json.Unmarshal([]byte(`"[redacted]"`), &s); err == nil || !s.IsZero() {
		t.Errorf("a redaction was taken for the text %q", s.Reveal())
	}
}
