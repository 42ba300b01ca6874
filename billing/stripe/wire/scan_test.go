package wire

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func valid(s string) bool {
	scan := scanner{data: []byte(s)}
	scan.space()
	return scan.value() && scan.end()
}

func TestScannerAgreesWithEncodingJSON(t *testing.T) {
	for _, s := range []string{
		``, ` `, `0`, `-0`, `-`, `00`, `01`, `1.`, `.1`, `1.5`, `1e`, `1e+`, `1e-5`, `1E+05`, `-1.5e3`, `+1`, `0x1`, `1_000`, `NaN`,
		`true`, `false`, `null`, `tru`, `truex`, `True`, `nul`, `""`, `"`, `"\"`, `"\\"`, `"\/\b\f\n\r\t\""`, `"\u12"`, `"\u12fG"`, `"\uD800"`,
		"\"\t\"", "\"\x7f\"", "\"\xff\"", `'a'`, `[]`, `[ ]`, `[1,]`, `[,1]`, `[1 2]`, `[1,2]`, `[[],[[]]]`, `[`, `]`, `[}`,
		`{}`, `{ }`, `{"a":1}`, `{"a":1,}`, `{,}`, `{"a"}`, `{"a":}`, `{1:2}`, `{"a":1 "b":2}`, ` { "a" : [ 1 , { } ] } `, `{"a":1}}`, `{]`,
		"\v1", "1\u00a0", "\ufeff1", "1\x00",
	} {
		assert.Equal(t, json.Valid([]byte(s)), valid(s), "%q", s)
	}
}

func TestScannerBoundsNesting(t *testing.T) {
	for _, brackets := range [][2]string{{"[", "]"}, {`{"a":`, "}"}} {
		deep := func(n int) string {
			return strings.Repeat(brackets[0], n) + "0" + strings.Repeat(brackets[1], n)
		}
		assert.True(t, valid(deep(maxDepth)))
		assert.False(t, valid(deep(maxDepth+1)))
	}
	assert.True(t, valid("["+strings.Repeat("[[]],", 2000)+"{}]"), "depth must go down again")
}

func FuzzScanner(f *testing.F) {
	f.Add(`{"a":[1,-2.5e3,"\u00e9\n",true,null,{"b":{}}]}`)
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Count(s, "[")+strings.Count(s, "{") > maxDepth {
			return
		}
		assert.Equal(t, json.Valid([]byte(s)), valid(s))
	})
}

func TestKeySetFindsRepeatsInAnyCase(t *testing.T) {
	for _, before := range []int{0, 23, 24, 500} {
		var keys keySet
		for i := range before {
			assert.True(t, keys.add([]byte(strings.Repeat("x", i+1))))
		}
		assert.True(t, keys.add([]byte("Straße-K")))
		assert.False(t, keys.add([]byte("sTRAßE-\u212a")))
		assert.True(t, keys.add([]byte("strasse-k")))
	}
}

func TestWithoutNUL(t *testing.T) {
	tests := map[string]string{
		`"a"`:                      `"a"`,
		`"a\u0000b"`:               `"ab"`,
		`"\u0000\u0000"`:           `""`,
		`"\\u0000"`:                `"\\u0000"`,
		`"\\\u0000"`:               `"\\"`,
		`{"k\u0000":"\"\u0000\""}`: `{"k":"\"\""}`,
		`"\u0000`:                  `"`,
		`\`:                        `\`,
		`\u0000\`:                  `\`,
	}
	for raw, want := range tests {
		assert.Equal(t, want, string(withoutNUL([]byte(raw))), raw)
	}
}
