package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

const (
	secret  = "whsec_bench"
	clients = 500 // each with one customer and one subscription
)

// rate is what a measurement found.
type rate struct {
	perSecond float64
	p50, p99  time.Duration
}

// hammer calls work from so many goroutines until the span is over.
func hammer(tb testing.TB, workers int, span time.Duration, work func(worker int) error) rate {
	deadline := time.Now().Add(span)
	took := make([][]time.Duration, workers)
	errs := make([]error, workers)
	var wg sync.WaitGroup
	start := time.Now()
	for w := range workers {
		wg.Go(func() {
			for errs[w] == nil && time.Now().Before(deadline) {
				t := time.Now()
				errs[w] = work(w)
				took[w] = append(took[w], time.Since(t))
			}
		})
	}
	wg.Wait()
	elapsed := time.Since(start)
	check(tb, errors.Join(errs...))
	all := slices.Concat(took...)
	slices.Sort(all)
	return rate{float64(len(all)) / elapsed.Seconds(), all[len(all)/2], all[len(all)*99/100]}
}

var serial atomic.Int64

// event is a subscription's update of about 5 KB, as Stripe sends it.
func event() []byte {
	n := serial.Add(1)
	who := n % clients
	return fmt.Appendf(nil, eventFormat, n, time.Now().Unix(), who, who, padding)
}

var padding = strings.Repeat("what a real event has besides; ", 120)

const eventFormat = `{"id":"evt_%020d","object":"event","api_version":"2023-10-16","created":%d,"livemode":false,
"type":"customer.subscription.updated","pending_webhooks":1,"request":{"id":null,"idempotency_key":null},
"data":{"object":{"id":"sub_%d","object":"subscription","status":"active","customer":"cus_%d","created":1788253200,
"current_period_start":1788253200,"current_period_end":1790845200,"cancel_at_period_end":false,"cancel_at":null,
"canceled_at":null,"ended_at":null,"trial_end":null,"pause_collection":null,"latest_invoice":"in_1","livemode":false,
"items":{"object":"list","has_more":false,"data":[{"id":"si_1","object":"subscription_item","quantity":1,
"price":{"id":"price_growth","object":"price","active":true,"currency":"eur","product":"prod_growth","unit_amount":4900,
"recurring":{"interval":"month","interval_count":1}}}]},"metadata":{"clientId":"bench"},"description":"%s"}}}`

// post sends signed events to the handler from so many connections.
func post(tb testing.TB, h http.Handler, senders int, span time.Duration) rate {
	srv := httptest.NewServer(h)
	defer srv.Close()
	conns := make([]*sender, senders)
	for i := range conns {
		conns[i] = dial(tb, srv.Listener.Addr().String())
		defer conns[i].Close()
	}
	return hammer(tb, senders, span, func(w int) error { return conns[w].send(event()) })
}

// sender is a connection that costs the machine less than net/http's client.
type sender struct {
	net.Conn
	answers *bufio.Reader
	request bytes.Buffer
}

func dial(tb testing.TB, addr string) *sender {
	conn, err := net.Dial("tcp", addr)
	check(tb, err)
	return &sender{Conn: conn, answers: bufio.NewReader(conn)}
}

func (s *sender) send(body []byte) error {
	s.request.Reset()
	fmt.Fprintf(&s.request, "POST / HTTP/1.1\r\nHost: bench\r\nContent-Length: %d\r\nStripe-Signature: %s\r\n\r\n",
		len(body), wire.Sign(body, secret, time.Now()))
	s.request.Write(body)
	if _, err := s.Write(s.request.Bytes()); err != nil {
		return err
	}
	answer, err := http.ReadResponse(s.answers, nil)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("answered %s: %s", answer.Status, text)
	}
	return errors.Join(err, answer.Body.Close())
}
