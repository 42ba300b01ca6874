package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// TestDrain ends a portal while a webhook is half sent: the request is answered,
// the event is processed, and only then the portal returns.
func TestDrain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "portal.db")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	base := "http://" + listener.Addr().String()
	c := config{demo: true, appURL: base, database: mustParse(t, "sqlite:"+file), stripe: stripeConfig{secrets: []frontdesk.Secret{frontdesk.NewSecret(testSecret)}}}
	p, err := openPortal(t.Context(), c, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- p.serve(ctx, listener) }()

	event := readStory(t, stories[0]).events[0]
	body, rest := io.Pipe()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/webhooks/stripe", body)
	require.NoError(t, err)
	req.ContentLength = int64(len(event))
	req.Header.Set("Stripe-Signature", wire.Sign(event, testSecret, time.Now()))
	req.Header.Set("Expect", "100-continue") // the handler asks for the body, so a byte taken is a request begun
	client := http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
	answered := make(chan int, 1)
	go func() {
		resp, err := client.Do(req)
		if !assert.NoError(t, err) {
			answered <- 0
			return
		}
		assert.NoError(t, resp.Body.Close())
		answered <- resp.StatusCode
	}()
	half := len(event) / 2
	_, err = rest.Write(event[:half])
	require.NoError(t, err)

	stop()
	eventually(t, "closed to new connections", func() bool {
		c, err := net.Dial("tcp", listener.Addr().String())
		return err != nil || c.Close() != nil
	})
	_, err = rest.Write(event[half:])
	require.NoError(t, err)
	require.NoError(t, rest.Close())
	assert.Equal(t, http.StatusOK, <-answered, "the request that was accepted")
	require.NoError(t, <-ended)

	again := start(t, on(mustParse(t, "sqlite:"+file)))
	events, _ := again.atRest(t, 1)
	assert.Len(t, events, 1)
}

func TestRun(t *testing.T) {
	t.Run("a portal that cannot listen ends with an error", func(t *testing.T) {
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer taken.Close()
		args := []string{"-addr", taken.Addr().String(), "-db", "sqlite:" + filepath.Join(t.TempDir(), "portal.db")}
		assert.Error(t, run(t.Context(), args, func(string) string { return "" }, io.Discard))
	})
	t.Run("a portal that is told to end returns without an error", func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		started := stopWhenListening{stop}
		args := []string{"-addr", "127.0.0.1:0", "-db", "sqlite:" + filepath.Join(t.TempDir(), "portal.db")}
		assert.NoError(t, run(ctx, args, func(string) string { return "" }, started))
	})
}

// stopWhenListening is the standard error of a portal that is ended once it listens.
type stopWhenListening struct{ stop func() }

// Write looks for the line.
func (s stopWhenListening) Write(line []byte) (int, error) {
	if strings.Contains(string(line), "msg=listening") {
		s.stop()
	}
	return len(line), nil
}

func TestPanic(t *testing.T) {
	p := &portal{log: slog.New(slog.DiscardHandler)}
	server := newServer(t, p.numbered(p.rescued(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("canary") }))))
	resp, err := http.Get(server)
	require.NoError(t, err)
	defer resp.Body.Close()
	var told problem
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&told))
	assert.Equal(t, http.StatusInternalServerError, resp.StatusCode)
	assert.NotContains(t, fmt.Sprint(told), "canary")
	assert.NotEmpty(t, told.RequestID)
}
