package main

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// links are those of a page whose address begins so.
func links(page, prefix string) (all []string) {
	for _, found := range regexp.MustCompile(`(?:href|action)="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if link := html.UnescapeString(found[1]); strings.HasPrefix(link, prefix) {
			all = append(all, link)
		}
	}
	return all
}

// hidden are the fields of a page's forms that nobody fills in.
func hidden(page string) (fields []string) {
	for _, found := range regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`).FindAllStringSubmatch(page, -1) {
		fields = append(fields, found[1], html.UnescapeString(found[2]))
	}
	return fields
}

// leadsTo is where a form that was sent leads.
func (a answer) leadsTo(t *testing.T, prefix string) string {
	t.Helper()
	require.Equal(t, http.StatusSeeOther, a.Status, "%s", a.Body)
	at, err := url.Parse(a.Header.Get("Location"))
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(at.RequestURI(), prefix), at)
	return at.RequestURI()
}

// bookByForm books the first time that a page shows, and returns where that leads.
func (r *running) bookByForm(t *testing.T, who, offer string, fields ...string) answer {
	t.Helper()
	page := r.page(t, who, offer, http.StatusOK)
	free := links(page, bookAt)
	confirm := ""
	for _, link := range free {
		if strings.Contains(link, "/confirm?") {
			confirm = link
			break
		}
	}
	require.NotEmpty(t, confirm, "%s", page)
	asked := r.page(t, who, confirm, http.StatusOK)
	path, _, _ := strings.Cut(offer, "?")
	return r.postedForm(t, who, path, append(hidden(asked), fields...)...)
}

func TestMeetingPages(t *testing.T) {
	r := start(t, withDemoAgendas)
	day := r.farDay()
	t.Run("times are those of the zone that is asked for, which is named beside each", func(t *testing.T) {
		page := r.page(t, "", bookAt+"/nina/consultation?from="+day+"&zone=Asia/Tokyo", http.StatusOK)
		assert.Contains(t, page, "18:00 JST</time>")
		assert.NotContains(t, page, "09:00 WET")
		assert.Contains(t, r.page(t, "client:acme", bookAt+"/nina/consultation?from="+day, http.StatusOK), "09:00 GMT</time>")
		r.page(t, "", bookAt+"/nina/consultation?zone=Nowhere", http.StatusBadRequest)
	})
	t.Run("who can be booked is listed for everybody", func(t *testing.T) {
		page := r.page(t, "", offersAt, http.StatusOK)
		for _, there := range []string{"Nina Costa", "Omar Haddad", "Consultation", "from 90.00 EUR", "45 or 90 minutes"} {
			assert.Contains(t, page, there)
		}
	})
	t.Run("a client books, moves and cancels", func(t *testing.T) { clientForms(t, r, day) })
	t.Run("a client pays, and sees what comes back", func(t *testing.T) { paidForms(t, r, day) })
	t.Run("a guest does the same with a link", func(t *testing.T) { guestForms(t, r, day) })
	t.Run("nobody else gets there", func(t *testing.T) {
		r.page(t, "expert:nina", bookAt+"/nina/intro/confirm?start="+day+"T10:00:00Z", http.StatusForbidden)
		r.page(t, "client:acme", agendaAt, http.StatusForbidden)
		r.page(t, "client:acme", hoursAt, http.StatusForbidden)
		r.page(t, "", bookAt+"/nobody/intro", http.StatusNotFound)
		r.page(t, "client:globex", links(r.page(t, "client:acme", meetingsAt, http.StatusOK), bookingsAt)[0], http.StatusNotFound)
	})
}

func clientForms(t *testing.T, r *running, day string) {
	offer := bookAt + "/nina/intro?from=" + day
	at := r.bookByForm(t, "client:acme", offer, "answer-topic", "Plans for spring").leadsTo(t, bookingsAt)
	page := r.page(t, "client:acme", at, http.StatusOK)
	assert.Contains(t, page, "It is booked.")
	assert.Contains(t, page, "GMT (UTC+0)")
	move := links(page, strings.Split(at, "?")[0]+"/move")[0]
	choose := r.page(t, "client:acme", move+"?from="+day, http.StatusOK)
	to := links(choose, move+"?")
	chosen := ""
	for _, link := range to {
		if strings.Contains(link, "start=") {
			chosen = strings.TrimSuffix(link, "#to")
		}
	}
	require.NotEmpty(t, chosen)
	asked := r.page(t, "client:acme", chosen, http.StatusOK)
	assert.Contains(t, asked, "Move it here?")
	wanted := regexp.MustCompile(`name="start" value="([^"]+)"`).FindStringSubmatch(asked)[1]
	moved := r.postedForm(t, "client:acme", move, "start", wanted).leadsTo(t, bookingsAt)
	assert.Contains(t, r.page(t, "client:acme", moved, http.StatusOK), "It is moved.")
	gone := r.postedForm(t, "client:acme", strings.Split(at, "?")[0]+"/cancel", "reason", "ill").leadsTo(t, bookingsAt)
	assert.Contains(t, r.page(t, "client:acme", gone, http.StatusOK), "It is cancelled.")
}

func paidForms(t *testing.T, r *running, day string) {
	checkout := r.bookByForm(t, "client:acme", bookAt+"/nina/consultation?from="+day).leadsTo(t, demoPages+"/checkout/")
	assert.Contains(t, r.page(t, "client:acme", checkout, http.StatusOK), "120.00 EUR")
	at := r.postedForm(t, "client:acme", checkout).leadsTo(t, bookingsAt)
	r.meetingIs(t, "client:acme", strings.TrimPrefix(strings.Split(at, "?")[0], bookingsAt+"/"), "confirmed")
	page := r.page(t, "client:acme", at, http.StatusOK)
	assert.Contains(t, page, "Paid: 120.00 EUR.")
	assert.Contains(t, page, "120.00 EUR of 120.00 EUR is given back")
	gone := r.postedForm(t, "client:acme", strings.Split(at, "?")[0]+"/cancel").leadsTo(t, bookingsAt)
	assert.Regexp(t, "120.00 EUR (is on its way|was given) back", r.page(t, "client:acme", gone, http.StatusOK))
}

func guestForms(t *testing.T, r *running, day string) {
	offer := bookAt + "/nina/consultation?zone=America/New_York&from=" + day
	refused := r.bookByForm(t, "", offer, "name", "Ann", "email", "nowhere")
	assert.Equal(t, http.StatusBadRequest, refused.Status)
	assert.Contains(t, string(refused.Body), `value="nowhere"`)
	checkout := r.bookByForm(t, "", offer, "name", "Ann", "email", "ann@guest.example").leadsTo(t, demoPages+"/checkout/")
	at := r.postedForm(t, "", checkout).leadsTo(t, bookingsAt)
	page := r.page(t, "", at, http.StatusOK)
	assert.Contains(t, page, "EST (UTC\u22125)")
	path, query, _ := strings.Cut(at, "?")
	token, err := url.ParseQuery(query)
	require.NoError(t, err)
	assert.Equal(t, "/", r.ask(t, "", "GET", path, "").Header.Get("Location"))
	r.page(t, "", path+"?token=nosuch", http.StatusNotFound)
	eventually(t, "confirmed", func() bool {
		return strings.Contains(r.page(t, "", at, http.StatusOK), "Join the call")
	})
	gone := r.postedForm(t, "", path+"/cancel", "token", token.Get("token")).leadsTo(t, path)
	assert.Contains(t, r.page(t, "", gone, http.StatusOK), "It is cancelled.")
}

func TestExpertMeetingPages(t *testing.T) {
	r := start(t, withDemoAgendas)
	t.Run("an expert confirms what waits for them", func(t *testing.T) {
		page := r.page(t, "expert:omar", agendaAt, http.StatusOK)
		require.Contains(t, page, "Waits for you")
		confirm := ""
		for _, action := range links(page, agendaAt) {
			if strings.HasSuffix(action, "/confirm") {
				confirm = action
			}
		}
		assert.Contains(t, r.page(t, "expert:omar", r.postedForm(t, "expert:omar", confirm).leadsTo(t, agendaAt), http.StatusOK), "It is confirmed")
		assert.Equal(t, http.StatusNotFound, r.postedForm(t, "expert:nina", confirm).Status)
	})
	t.Run("an expert changes their week, is away for a day and goes on a journey", func(t *testing.T) {
		day := r.farDay()
		page := r.page(t, "expert:nina", hoursAt, http.StatusOK)
		a := r.postedForm(t, "expert:nina", hoursAt, append(hidden(page), "name", "Hours", "zone", "Europe/Lisbon",
			"day-2-start", "20:00", "day-2-end", "00:00", "change-0-from", day, "change-0-to", "", "change-0-start", "07:00", "change-0-end", "08:00",
			"stay-0-from", "", "stay-0-to", "")...)
		saved := r.page(t, "expert:nina", a.leadsTo(t, hoursAt), http.StatusOK)
		assert.Contains(t, saved, `value="20:00"`)
		assert.Contains(t, saved, `value="`+day+`"`)
		assert.Equal(t, []string{day + "T07:00:00Z"}, r.free(t, "consultation", day, day))
		wrong := r.postedForm(t, "expert:nina", hoursAt, append(hidden(saved), "zone", "Mars/Olympus", "day-1-start", "9")...)
		assert.Equal(t, http.StatusBadRequest, wrong.Status)
		assert.Contains(t, string(wrong.Body), "Nothing was saved")
		stale := r.postedForm(t, "expert:nina", hoursAt, append(hidden(page), "zone", "Europe/Lisbon")...)
		assert.Equal(t, http.StatusConflict, stale.Status)
	})
	t.Run("an expert changes what can be booked, hides it and offers it again", func(t *testing.T) {
		list := r.page(t, "expert:nina", eventTypesAt, http.StatusOK)
		one := links(list, eventTypesAt+"/")[0]
		page := r.page(t, "expert:nina", one, http.StatusOK)
		fields := append(hidden(page), "title", "Deep dive", "slug", "consultation", "durations", "60, 90", "price", "150", "currency", "EUR", "horizon", "730")
		r.postedForm(t, "expert:nina", one, fields...).leadsTo(t, eventTypesAt)
		assert.Contains(t, r.page(t, "", offersAt, http.StatusOK), "150.00 EUR")
		assert.Equal(t, http.StatusBadRequest, r.postedForm(t, "expert:nina", one, append(fields, "revision", "2", "price", "much")...).Status)
		r.postedForm(t, "expert:nina", one+"/deactivate").leadsTo(t, eventTypesAt)
		r.page(t, "", bookAt+"/nina/consultation", http.StatusNotFound)
		r.postedForm(t, "expert:nina", one+"/activate").leadsTo(t, eventTypesAt)
		r.page(t, "", bookAt+"/nina/consultation", http.StatusOK)
		assert.Equal(t, http.StatusNotFound, r.postedForm(t, "expert:omar", one, fields...).Status)
		r.postedForm(t, "expert:nina", eventTypesAt+"/new", "revision", "0", "title", "Walk", "slug", "walk", "durations", "30").leadsTo(t, eventTypesAt)
		assert.Contains(t, r.page(t, "", offersAt, http.StatusOK), "Walk")
	})
}
