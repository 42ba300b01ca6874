package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tab is where somebody looks at pages of meetings.
type tab struct {
	base, actor string
	memory      string // what it keeps from page to page
}

// open runs the script of the pages at the address, then what people do there, and reads what that says.
func (b *tab) open(t *testing.T, at, people string, said any) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no Node here to run the script")
	}
	browser, err := os.ReadFile("testdata/meetings_browser.js")
	require.NoError(t, err)
	script, err := files.ReadFile("templates/meetings.js")
	require.NoError(t, err)
	source := string(browser) + string(script) + "await settled()\n" + people + "\nsay(stored)"
	out, err := exec.CommandContext(t.Context(), node, "--input-type=module", "-e", source, b.base, at, b.actor, b.memory).CombinedOutput()
	require.NoError(t, err, "%s", out)
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	require.Len(t, lines, 2, "%s", out)
	require.NoError(t, json.Unmarshal([]byte(lines[0]), said), "%s", out)
	b.memory = lines[1]
}

// seen is what somebody sees and hears of the times.
type seen struct {
	Zone, From, Shown, Told string
	Went                    []string
	Focus                   string
}

const look = `say({Zone: query('zone') ?? '', From: query('from') ?? '', Shown: find('[data-shown]').textContent, Told: find('[data-told]').textContent,
	Went: went, Focus: document.activeElement?.attributes.rel ?? document.activeElement?.attributes.id ?? document.activeElement?.tag ?? ''})`

func TestMeetingScriptZone(t *testing.T) {
	r := start(t, withDemoAgendas)
	base, offer := r.url, bookAt+"/nina/intro?from="+r.farDay()
	fresh := func(actor string) *tab { return &tab{base: base, actor: actor, memory: "{}"} }
	t.Run("whoever has chosen no zone sees their browser's, and hears of it", func(t *testing.T) {
		var s seen
		fresh("").open(t, offer, look, &s)
		assert.Equal(t, "Asia/Tokyo", s.Zone)
		assert.Contains(t, s.Shown, "times in Asia/Tokyo.")
		assert.Contains(t, s.Told, "the time zone of your browser, Asia/Tokyo.")
		assert.Equal(t, []string{"replace"}, s.Went)
		assert.Empty(t, s.Focus)
	})
	t.Run("a zone of the address or of the person stays", func(t *testing.T) {
		var chosen, own seen
		fresh("").open(t, offer+"&zone=Europe/Paris", look, &chosen)
		fresh("client:acme").open(t, offer, look, &own)
		assert.Contains(t, chosen.Shown, "times in Europe/Paris.")
		assert.Contains(t, own.Shown, "times in Europe/London.")
		assert.Empty(t, append(chosen.Went, own.Went...))
	})
	t.Run("a zone that was chosen goes before the browser's on the next page", func(t *testing.T) {
		b, s := fresh(""), seen{}
		b.open(t, offer, `const form = find('form[data-zone]'); form.elements.zone.value = 'America/New_York'; await act(form, 'submit'); `+look, &s)
		assert.Equal(t, []string{"replace", "push"}, s.Went)
		assert.Contains(t, s.Shown, "times in America/New_York.")
		b.open(t, bookAt+"/omar/"+r.slugOf(t, "omar"), look, &s)
		assert.Equal(t, "America/New_York", s.Zone)
		assert.Contains(t, s.Told, "the time zone that you chose, America/New_York.")
	})
	t.Run("a zone that the portal does not know leaves the page as it is", func(t *testing.T) {
		b, s := fresh(""), seen{}
		b.memory = `{"frontdesk-zone":"Mars/Olympus"}`
		b.open(t, offer, look, &s)
		assert.Contains(t, s.Shown, "times in Europe/Lisbon.")
		assert.Empty(t, s.Went)
		assert.Empty(t, s.Told)
	})
	t.Run("a zone that was refused is not kept, and the page says why", func(t *testing.T) {
		b, s := fresh(""), seen{}
		b.open(t, offer, `const form = find('form[data-zone]'); form.elements.zone.value = 'Mars/Olympus'; await act(form, 'submit'); `+look, &s)
		require.Len(t, s.Went, 2)
		assert.Contains(t, s.Went[1], "zone=Mars%2FOlympus")
		assert.Equal(t, "{}", b.memory)
	})
}

// slugOf is something that an expert offers.
func (r *running) slugOf(t *testing.T, expert string) string {
	t.Helper()
	all := links(r.page(t, "", offersAt, http.StatusOK), bookAt+"/"+expert+"/")
	require.NotEmpty(t, all)
	return strings.TrimPrefix(all[0], bookAt+"/"+expert+"/")
}

func TestMeetingScriptDays(t *testing.T) {
	r := start(t, withDemoAgendas)
	b := &tab{base: r.url, memory: "{}"}
	day := r.farDay()
	offer := bookAt + "/nina/intro?zone=Europe/Lisbon&from=" + day
	press := func(what string) string {
		return `find('` + what + `').focus(); await act(find('` + what + `'), 'click'); `
	}
	t.Run("later and earlier replace the times, and the focus stays on the link", func(t *testing.T) {
		var before, after, back seen
		b.open(t, offer, look, &before)
		b.open(t, offer, press("[rel=next]")+look, &after)
		b.open(t, offer, press("[rel=next]")+press("[rel=prev]")+look, &back)
		assert.NotEqual(t, before.Shown, after.Shown)
		assert.Equal(t, after.Shown, after.Told)
		assert.Equal(t, "next", after.Focus)
		assert.Equal(t, []string{"push"}, after.Went)
		assert.Equal(t, before.Shown, back.Shown)
		assert.Equal(t, day, back.From)
		assert.Equal(t, "prev", back.Focus)
	})
	t.Run("four weeks at a time lead to the heading", func(t *testing.T) {
		var s seen
		b.open(t, offer, `const more = document.querySelectorAll('[data-days]').find(link => !link.rel); more.focus(); await act(more, 'click'); `+look, &s)
		assert.Equal(t, "times", s.Focus)
	})
	t.Run("back shows what was there", func(t *testing.T) {
		var before, s seen
		b.open(t, offer, look, &before)
		b.open(t, offer, `const first = location.href; `+press("[rel=next]")+`location.href = first; await Promise.all([windowListeners.popstate(), settled()]); `+look, &s)
		assert.Equal(t, before.Shown, s.Shown)
		assert.Equal(t, []string{"push"}, s.Went)
	})
	t.Run("what cannot be read is gone to", func(t *testing.T) {
		var s seen
		b.open(t, offer, `line.good = false; `+press("[rel=next]")+look, &s)
		require.Len(t, s.Went, 1)
		assert.True(t, strings.HasPrefix(s.Went[0], b.base+bookAt+"/nina/intro?"), s.Went[0])
	})
	t.Run("a link to a new tab, and a time, stay with the browser", func(t *testing.T) {
		var prevented []bool
		b.open(t, offer, `say([await act(find('[rel=next]'), 'click', {ctrlKey: true}), await act(find('li a'), 'click')])`, &prevented)
		assert.Equal(t, []bool{false, false}, prevented)
	})
}

func TestMeetingScriptHold(t *testing.T) {
	r := start(t, withDemoAgendas)
	booked := r.booked(t, "client:acme", "consultation", r.free(t, "consultation", r.farDay(), r.farDay())[0])
	at := bookingsAt + "/" + booked.Booking
	b := &tab{base: r.url, actor: "client:acme", memory: "{}"}
	t.Run("a hold counts down each second, says each minute, and ends", func(t *testing.T) {
		var s struct {
			Left        int
			Shown, Said []string
			Ticks       bool
		}
		b.open(t, at, `const box = find('[data-left]'), left = Number(box.dataset.left)
for (let second = 0; second < left; second++) { clock += 1000; tick() }
say({Left: left, Shown: box.said, Said: find('[data-told]').said, Ticks: tick !== null})`, &s)
		require.Greater(t, s.Left, 120)
		assert.Len(t, s.Shown, s.Left+1)
		assert.Regexp(t, `^\d+ minutes? \d+ seconds? left\.$`, s.Shown[0])
		require.Len(t, s.Said, (s.Left+59)/60)
		assert.Equal(t, []string{"2 minutes left to pay.", "1 minute left to pay.", "The time is not held for you any more."}, s.Said[len(s.Said)-3:])
		assert.Equal(t, s.Said[len(s.Said)-1], s.Shown[s.Left])
		assert.False(t, s.Ticks)
	})
}

func TestMeetingScriptForm(t *testing.T) {
	r := start(t, withDemoAgendas)
	day := r.farDay()
	offer := bookAt + "/nina/intro"
	free := r.free(t, "intro", day, day)
	b := &tab{base: r.url, memory: "{}"}
	read := `say(Object.fromEntries(find('form[data-typed]').elements.filter(one => one.name && one.type !== 'hidden' && (one.type !== 'radio' || one.checked)).map(one => [one.name, one.value])))`
	told := `say(find('[data-told]').textContent)`
	fill := `const form = find('form[data-typed]'), {elements} = form; form.querySelectorAll('[type=radio]').forEach(one => { one.checked = one.value === '1' })
elements.name.value = 'Ann <b>'; elements.email.value = 'ann@guest.example'; elements.phone.value = '+351 912'; elements['answer-topic'].value = 'Spring'; await act(form, 'submit'); `
	confirm := func(start string) string { return offer + "/confirm?zone=UTC&start=" + start }
	typed := map[string]string{"name": "Ann <b>", "email": "ann@guest.example", "place": "1", "phone": "+351 912", "answer-topic": "Spring"}
	b.open(t, confirm(free[0]), fill+read, new(map[string]string))
	r.booked(t, "client:globex", "intro", free[0])
	refused := r.postedForm(t, "", offer, "start", free[0], "zone", "UTC", "key", "a key that nobody guesses", "name", "Ann <b>", "email", "ann@guest.example", "answer-topic", "Spring")
	require.Equal(t, http.StatusConflict, refused.Status, "%s", refused.Body)
	t.Run("when the time was taken, what was typed is there at the next one", func(t *testing.T) {
		var words string
		got := map[string]string{}
		b.open(t, confirm(free[len(free)-1]), read, &got)
		assert.Equal(t, typed, got)
		b.open(t, confirm(free[len(free)-1]), told, &words)
		assert.Equal(t, "What you typed before is filled in.", words)
	})
	t.Run("nobody else in the tab finds it", func(t *testing.T) {
		other, got := &tab{base: b.base, actor: "client:acme", memory: b.memory}, map[string]string{}
		other.open(t, confirm(free[len(free)-1]), read, &got)
		assert.Equal(t, map[string]string{"place": "0", "phone": "", "answer-topic": ""}, got)
	})
	t.Run("it is forgotten when it is booked", func(t *testing.T) {
		b.open(t, bookAt+"/thanks", `say(null)`, new(any))
		assert.Equal(t, "{}", b.memory)
	})
}

func TestMeetingScriptIsAllowed(t *testing.T) {
	r := start(t, withDemoAgendas)
	day := r.farDay()
	booked := r.booked(t, "client:acme", "intro", r.free(t, "intro", day, day)[0])
	one := bookingsAt + "/" + booked.Booking
	t.Run("pages load it from the portal alone, and nothing is inline", func(t *testing.T) {
		for _, at := range []string{
			bookAt + "/nina/intro", bookAt + "/nina/intro/confirm?start=" + day + "T10:00:00Z", bookAt + "/thanks", meetingsAt, one, one + "/move",
		} {
			a := r.ask(t, "client:acme", "GET", at, "")
			require.Equal(t, http.StatusOK, a.Status, at)
			assert.Equal(t, scriptPolicy, a.Header.Get("Content-Security-Policy"), at)
			assert.Contains(t, string(a.Body), `<script type="module" src="/portal/meetings.js"`, at)
			assert.NotRegexp(t, regexp.MustCompile(` (style|on\w+)="`), string(a.Body), at)
		}
	})
	t.Run("it is a script that makes no text into elements", func(t *testing.T) {
		script := r.ask(t, "", "GET", "/portal/meetings.js", "")
		assert.Equal(t, http.StatusOK, script.Status)
		assert.Contains(t, script.Header.Get("Content-Type"), "text/javascript")
		assert.NotRegexp(t, regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|parseFromString|document\.write|eval\(`), string(script.Body))
	})
}
