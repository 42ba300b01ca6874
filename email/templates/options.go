package templates

import (
	"io/fs"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Options adjusts a Set. The zero value is ready to use.
type Options struct {
	Brand Brand

	// Language is that of mails which name none, or one in which there are no templates. Default English.
	Language Language
	// Zone is the IANA zone of mails that name none: "Europe/Lisbon". Default "UTC".
	Zone string

	// Overrides holds files that replace those of this package, by path: see [Files].
	Overrides fs.FS
}

// New returns a set. Nil options are the zero Options.
//
// It fails with Invalid and the field's name: a colour that cannot be read on our
// backgrounds, a language without templates, an unknown zone, an override that replaces
// nothing or does not render the samples.
func New(o *Options) (*Set, error) {
	if o == nil {
		o = &Options{}
	}
	set, err := o.set()
	return set, frontdesk.Wrap("templates.New", err)
}

func (o *Options) set() (*Set, error) {
	brand, colors, err := o.Brand.check()
	if err != nil {
		return nil, err
	}
	s := &Set{brand: brand, language: English}
	if o.Language != "" {
		if s.language = match(o.Language, ""); s.language == "" {
			return nil, frontdesk.InvalidField("language", "%q has no templates", o.Language)
		}
	}
	if s.zone, err = time.LoadLocation(o.Zone); err != nil || o.Zone == "Local" {
		return nil, frontdesk.InvalidField("zone", "%q is not an IANA time zone", o.Zone)
	}
	if s.pages, err = parsePages(source{o.Overrides}, colors); err != nil {
		return nil, err
	}
	return s, s.proof()
}

// proof renders every sample in every language, for html/template finds faults of
// context, and of fields, only when it executes. It looks up no zone, so that New works
// on machines without a zone database.
func (s *Set) proof() error {
	for _, language := range Languages() {
		for _, t := range Samples(language) {
			v := view{Language: language, Brand: s.brand, Mail: t}
			if _, _, _, err := s.pages[pageKey{language, t.Name()}].render(v); err != nil {
				return frontdesk.InvalidField("overrides", "%s/%s does not render: %w", language, t.Name(), err)
			}
		}
	}
	return nil
}
