package templates

import "strings"

// Language is a BCP 47 tag.
type Language string

// The languages that there are templates in.
const (
	English    Language = "en"
	Portuguese Language = "pt-PT"
)

// Languages lists the languages that there are templates in.
func Languages() []Language { return []Language{English, Portuguese} }

// match returns the language of ours that a reader of l reads, whatever the region:
// Portuguese for "pt-BR". If there is none it is fallback.
func match(l, fallback Language) Language {
	for _, ours := range Languages() {
		if strings.EqualFold(primary(l), primary(ours)) {
			return ours
		}
	}
	return fallback
}

func primary(l Language) string {
	tag, _, _ := strings.Cut(strings.ReplaceAll(string(l), "_", "-"), "-")
	return tag
}
