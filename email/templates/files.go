package templates

import (
	"embed"
	"errors"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

//go:embed files
var embedded embed.FS

// Files holds the templates as they ship: what overrides start from.
func Files() fs.FS {
	files, err := fs.Sub(embedded, "files")
	if err != nil {
		panic(err) // the path is a constant, and valid
	}
	return files
}

// source is our files with those of the host in front.
type source struct{ overrides fs.FS }

// check refuses an override that replaces none of our files, for its name is mistaken.
func (s source) check() error {
	if s.overrides == nil {
		return nil
	}
	return fs.WalkDir(s.overrides, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return frontdesk.InvalidField("overrides", "cannot be read: %w", err)
		case d.IsDir():
			return nil
		}
		if _, err := fs.Stat(Files(), path); err != nil {
			return frontdesk.InvalidField("overrides", "%s replaces no template: Files lists them", path)
		}
		return nil
	})
}

// read returns a file, with its conditional comments made to last.
func (s source) read(path string) (string, error) {
	if s.overrides != nil {
		file, err := fs.ReadFile(s.overrides, path)
		if err == nil {
			return keepConditional(path, string(file))
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", frontdesk.InvalidField("overrides", "%s cannot be read: %w", path, err)
		}
	}
	file, err := fs.ReadFile(Files(), path)
	if err != nil {
		return "", err
	}
	return keepConditional(path, string(file))
}

// conditional matches what Outlook reads as instructions: a whole comment with what is
// for Outlook alone, and the two that stand around what is for the others.
var conditional = regexp.MustCompile(`(?s)<!--\[if [^\]]*\]><!-->|<!--<!\[endif\]-->|<!--\[if [^\]]*\]>.*?<!\[endif\]-->`)

// keepConditional turns conditional comments into actions that write them, for
// html/template deletes comments. They are constants: an action inside would not be escaped.
func keepConditional(path, file string) (string, error) {
	if !strings.HasSuffix(path, ".html.tmpl") {
		return file, nil
	}
	var err error
	kept := conditional.ReplaceAllStringFunc(file, func(comment string) string {
		if strings.Contains(comment, "{{") {
			err = frontdesk.InvalidField("overrides", "%s has an action inside a conditional comment", path)
		}
		return "{{conditional " + strconv.Quote(comment) + "}}"
	})
	return kept, err
}
