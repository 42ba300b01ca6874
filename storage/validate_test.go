package storage_test

import (
	"fmt"
	"mime"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

func validOptions() storage.PutOptions {
	return storage.PutOptions{Name: "brief.pdf", ContentType: "application/pdf"}
}

func fieldNames(err error) []string {
	var names []string
	for _, f := range frontdesk.Fields(err) {
		names = append(names, f.Name)
	}
	return names
}

func TestPutOptionsValidate(t *testing.T) {
	t.Run("what the contract allows passes", func(t *testing.T) {
		for _, name := range []string{"a", "..", "/", `O'Brien \`, "😀", "' or trashed = true", strings.Repeat("x", 255), "\u202Ea\u2028"} {
			o := validOptions()
			o.Name = name
			require.NoError(t, o.Validate(), name)
		}
		o := validOptions()
		o.Metadata = map[string]string{}
		for i := range 20 {
			key := fmt.Sprint("key", i)
			o.Metadata[key] = strings.Repeat("v", 100-len(key))
		}
		o.SHA256 = make([]byte, 32)
		require.NoError(t, o.Validate())
	})
	t.Run("all that is wrong is named at once", func(t *testing.T) {
		o := storage.PutOptions{Name: "a\tb", ContentType: "pdf", SHA256: []byte("x"), Metadata: map[string]string{"b": "\n", "a": strings.Repeat("v", 100)}}
		err := o.Validate()
		require.ErrorIs(t, err, frontdesk.Invalid)
		require.Equal(t, []string{"name", "content_type", "sha256", `metadata["a"]`, `metadata["b"]`}, fieldNames(err))
	})
	t.Run("names end at 255 bytes, not characters", func(t *testing.T) {
		o := validOptions()
		o.Name = strings.Repeat("é", 128)
		require.Equal(t, []string{"name"}, fieldNames(o.Validate()))
	})
	t.Run("a media type has two parts, and parameters that can be read", func(t *testing.T) {
		for _, contentType := range []string{"", "pdf", "/pdf", "application/", "a/b/c", "a b/c", "text/plain; charset", "text/plain; a=1; a=2", "a/b\n", "a/" + strings.Repeat("b", 255)} {
			o := validOptions()
			o.ContentType = contentType
			require.Equal(t, []string{"content_type"}, fieldNames(o.Validate()), contentType)
		}
	})
	t.Run("there are at most 20 pairs", func(t *testing.T) {
		o := validOptions()
		o.Metadata = map[string]string{}
		for i := range 21 {
			o.Metadata[fmt.Sprint(i)] = ""
		}
		require.Equal(t, []string{"metadata"}, fieldNames(o.Validate()))
	})
}

func TestValidateFolder(t *testing.T) {
	require.NoError(t, storage.ValidateFolder("client:7_A-b.c", "Acme & Sons / 2026"))
	require.NoError(t, storage.ValidateFolder(strings.Repeat("k", 100), "a"))
	for _, key := range []string{"", strings.Repeat("k", 101), "a b", "a/b", "é", "a\x00"} {
		require.Equal(t, []string{"key"}, fieldNames(storage.ValidateFolder(key, "a")), key)
	}
	require.Equal(t, []string{"key", "name"}, fieldNames(storage.ValidateFolder("", "")))
}

// FuzzValidate: whatever passes fits on one line, and its media type can be read.
func FuzzValidate(f *testing.F) {
	f.Add("brief.pdf", "application/pdf", "client", "7")
	f.Add("a\nb", "text/plain; charset=\"\x00\"", "", "\xff")
	f.Add(`' or name = '`, `a/b; c="\d"`, "é", "😀")
	f.Fuzz(func(t *testing.T, name, contentType, key, value string) {
		o := storage.PutOptions{Name: name, ContentType: contentType, Metadata: map[string]string{key: value}}
		if o.Validate() != nil {
			return
		}
		for _, text := range []string{name, contentType, key, value} {
			if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
				t.Fatalf("%q passes", text)
			}
		}
		if _, _, err := mime.ParseMediaType(contentType); err != nil || !strings.Contains(contentType, "/") {
			t.Fatalf("%q passes", contentType)
		}
		if len(name) > 255 || len(key)+len(value) > 100 {
			t.Fatalf("%d and %d bytes pass", len(name), len(key)+len(value))
		}
	})
}
