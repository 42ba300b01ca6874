package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	sessionCookie = "frontdesk_demo"
	sessionTime   = 12 * time.Hour
)

// sessions signs who is signed in, and until when, into a cookie. The key lives
// as long as the process.
type sessions struct{ key []byte }

func newSessions() sessions { return sessions{[]byte(rand.Text())} }

// cookie is a session for the person with the key.
func (s sessions) cookie(key string, now time.Time, secure bool) *http.Cookie {
	text := strconv.FormatInt(now.Add(sessionTime).Unix(), 10) + " " + key
	return newCookie(encode([]byte(text))+"."+encode(s.mac(text)), int(sessionTime/time.Second), secure)
}

// over makes the browser forget the session.
func (s sessions) over(secure bool) *http.Cookie { return newCookie("", -1, secure) }

func newCookie(value string, maxAge int, secure bool) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure wherever people reach the portal over https
		Name: sessionCookie, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode,
	}
}

// read returns whom the request's cookie names, unless it is forged or over.
func (s sessions) read(r *http.Request, now time.Time) (key string, ok bool) {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return "", false
	}
	encoded, mac, _ := strings.Cut(c.Value, ".")
	text, err1 := base64.RawURLEncoding.DecodeString(encoded)
	sum, err2 := base64.RawURLEncoding.DecodeString(mac)
	if err1 != nil || err2 != nil || !hmac.Equal(sum, s.mac(string(text))) {
		return "", false
	}
	until, key, _ := strings.Cut(string(text), " ")
	end, err := strconv.ParseInt(until, 10, 64)
	return key, err == nil && now.Unix() < end
}

func (s sessions) mac(text string) []byte {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
