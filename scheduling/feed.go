package scheduling

import (
	"context"
	"encoding/base64"
	"iter"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// feedPast is how far back a feed goes.
const feedPast = 90 * 24 * time.Hour

// Feed is the agenda of an expert, for calendars that subscribe to it.
type Feed struct {
	Expert string
	Name   string // the expert's
	// Entries yields the meetings that end after 90 days ago, by start: read when they are asked
	// for, and so for one reader at a time. An error ends them.
	Entries iter.Seq2[FeedEntry, error]
}

// FeedEntry is a meeting in a feed.
type FeedEntry struct {
	Entry
	Conference string    // the video call's URL, if there is one
	Cancelled  bool      // of feeds that tell so; here whatever does not take place is left out
	Changed    time.Time // when it last changed
}

// FeedToken returns what whoever subscribes to the expert's feed must know, until RevokeFeed.
// It fails with NotFound before the expert's settings are saved, and with FailedPrecondition without
// Options.Secrets, or an address of the expert, which the feed names. It is for the
// expert, administrators and the system.
func (s *Service) FeedToken(ctx context.Context, expert string) (_ string, err error) {
	const op = "scheduling.FeedToken"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if _, err := s.permitExpert(ctx, op, expert); err != nil {
		return "", err
	}
	settings, err := s.store.Settings(ctx, expert)
	if err != nil {
		return "", err
	}
	if len(s.options.Secrets) == 0 {
		return "", frontdesk.Errorf(frontdesk.FailedPrecondition, "there are no Options.Secrets")
	}
	if settings.Email == "" {
		return "", errNoAddress
	}
	if err := s.audit(ctx, s.store, op, "expert:"+expert, frontdesk.Succeeded, nil, nil); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString([]byte(expert)) + "." + s.token(forFeed, settings.feed()), nil
}

var errNoAddress = frontdesk.Errorf(frontdesk.FailedPrecondition, "the expert has no address")

// feed is what the expert's valid tokens are made for.
func (n *Settings) feed() string { return n.Expert + "\x00" + strconv.Itoa(n.Feed) }

// RevokeFeed makes all tokens of the expert's feed void. FeedToken gives the next. It is for the expert,
// administrators and the system.
func (s *Service) RevokeFeed(ctx context.Context, expert string) (err error) {
	const op = "scheduling.RevokeFeed"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if _, err := s.permitExpert(ctx, op, expert); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx Store) error {
		settings, err := tx.Settings(ctx, expert)
		if err != nil {
			return err
		}
		settings.Feed++
		settings.UpdatedAt = s.now()
		if _, err := tx.SaveSettings(ctx, *settings); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, "expert:"+expert, frontdesk.Succeeded, nil, map[string]string{"feed": strconv.Itoa(settings.Feed)})
	})
}

// FeedOf returns the feed that the token is for, and NotFound for any other. Nobody needs to be
// signed in.
func (s *Service) FeedOf(ctx context.Context, token string) (_ *Feed, err error) {
	ctx, end := s.begin(ctx, "scheduling.FeedOf")
	defer end(&err)
	name, mac, _ := strings.Cut(token, ".")
	expert, err := base64.RawURLEncoding.DecodeString(name)
	if err != nil {
		return nil, errUnknown
	}
	settings, err := s.store.Settings(ctx, string(expert))
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		settings, err = &Settings{Feed: -1}, nil // it takes as long to find that it is wrong
	}
	if err != nil {
		return nil, err
	}
	if !s.proven(forFeed, settings.feed(), mac) || settings.Feed < 0 {
		return nil, errUnknown
	}
	if settings.Email == "" {
		return nil, errNoAddress
	}
	return &Feed{Expert: settings.Expert, Name: settings.Name, Entries: s.feedEntries(ctx, settings)}, nil
}

// feedEntries reads the meetings page by page.
func (s *Service) feedEntries(ctx context.Context, owner *Settings) iter.Seq2[FeedEntry, error] {
	return func(yield func(FeedEntry, error) bool) {
		people := map[string]Settings{owner.Expert: *owner}
		f := MeetingFilter{
			Host: owner.Expert, From: s.now().Add(-feedPast), Limit: 200,
			Statuses: []Status{StatusConfirmed, StatusPending, StatusDone, StatusNoShow},
		}
		for {
			page, err := s.store.Meetings(ctx, f)
			if err != nil {
				yield(FeedEntry{}, err)
				return
			}
			for i := range page {
				e, err := s.feedEntry(ctx, &page[i], people, owner)
				if !yield(e, err) || err != nil {
					return
				}
			}
			if len(page) < f.Limit {
				return
			}
			last := &page[len(page)-1]
			f.After = MeetingCursor{Start: last.Start, ID: last.ID}
		}
	}
}

// feedEntry is a meeting as the feed of one of its hosts shows it. People gathers whom it has
// looked up.
func (s *Service) feedEntry(ctx context.Context, m *Meeting, people map[string]Settings, owner *Settings) (FeedEntry, error) {
	hosts := make([]Settings, 0, len(m.Hosts))
	for _, h := range m.Hosts {
		if _, known := people[h]; !known {
			found, err := settingsOf(ctx, s.store, []string{h})
			if err != nil {
				return FeedEntry{}, err
			}
			people[h] = found[0]
		}
		hosts = append(hosts, people[h])
	}
	e := m.Entry(hosts, nil)
	if e.Organizer.Email == "" {
		e.Organizer = Person{Name: owner.Name, Email: owner.Email}
	}
	return FeedEntry{Entry: e, Conference: webAddress(m.JoinURL), Changed: m.UpdatedAt}, nil
}

// webAddress is the address if it is one of the web, or empty.
func webAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	return address
}
