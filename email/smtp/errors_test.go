package smtp

import (
	"net/textproto"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnswers(t *testing.T) {
	for text, want := range map[string][2]string{
		"5.1.1 no such user":             {"5.1.1", "no such user"},
		"5.7.1 line one\n5.7.1 line two": {"5.7.1", "line one 5.7.1 line two"},
		"no such user":                   {"", "no such user"},
		"5.1 short":                      {"", "5.1 short"},
		"10.0.0.1 is blocked":            {"", "10.0.0.1 is blocked"},
		"5.1.x odd":                      {"", "5.1.x odd"},
		"":                               {"", ""},
	} {
		t.Run("the answer "+text+" is read", func(t *testing.T) {
			e := newError("RCPT", &textproto.Error{Code: 550, Msg: text})
			assert.Equal(t, want, [2]string{e.Enhanced, e.Message})
		})
	}
}

// FuzzAnswer shows that what a server says becomes one short line.
func FuzzAnswer(f *testing.F) {
	f.Add(550, "5.1.1 no such user")
	f.Add(421, "4.7.0\n"+strings.Repeat("ä", 400))
	f.Fuzz(func(t *testing.T, code int, text string) {
		e := newError("DATA", &textproto.Error{Code: code, Msg: text})
		line := e.Error()
		require.True(t, utf8.ValidString(line))
		require.NotContains(t, line, "\n")
		require.Less(t, len(line), maxText+100)
		require.NotZero(t, e.code())
	})
}
