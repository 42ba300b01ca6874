package drive

import "strings"

var escapes = strings.NewReplacer(`\`, `\\`, `'`, `\'`)

// quote is a text in a query. No text of a user's is ever in one; keys and ids are, and
// they hold nothing to escape.
func quote(text string) string { return "'" + escapes.Replace(text) + "'" }

// has is the term for an app property.
func has(key, value string) string {
	return "appProperties has { key=" + quote(key) + " and value=" + quote(value) + " }"
}
