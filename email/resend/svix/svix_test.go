package svix_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/email/resend/svix"
)

// The example of https://docs.svix.com/receiving/verifying-payloads/how-manual.
const (
	exampleSecret    = "whsec_plJ3nmyCDGBKInavdOK15jsl"
	exampleID        = "msg_loFOjxBNrRLzqYUf"
	exampleTime      = 1731705121
	exampleBody      = `{"event_type":"ping","data":{"success":true}}`
	exampleSignature = "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="
)

func keys(t *testing.T, secrets ...string) svix.Keys {
	t.Helper()
	k, err := svix.ParseKeys(secrets...)
	require.NoError(t, err)
	return k
}

func headers(prefix, signature string) http.Header {
	h := http.Header{}
	h.Set(prefix+"-Id", exampleID)
	h.Set(prefix+"-Timestamp", fmt.Sprint(exampleTime))
	h.Set(prefix+"-Signature", signature)
	return h
}

func TestVerify(t *testing.T) {
	k, now, body := keys(t, exampleSecret), time.Unix(exampleTime, 0), []byte(exampleBody)
	good := headers("Svix", exampleSignature)

	t.Run("Svix's own example is accepted, and its id is returned", func(t *testing.T) {
		id, err := k.Verify(good, body, now)
		require.NoError(t, err)
		require.Equal(t, exampleID, id)
	})
	t.Run("headers named after webhooks do as well", func(t *testing.T) {
		id, err := k.Verify(headers("Webhook", exampleSignature), body, now)
		require.NoError(t, err)
		require.Equal(t, exampleID, id)
	})
	t.Run("if one of Svix's headers is missing, all come from the others", func(t *testing.T) {
		h := headers("Webhook", exampleSignature)
		h.Set("Svix-Id", "msg_other")
		_, err := k.Verify(h, body, now)
		require.NoError(t, err)
	})
	t.Run("a header that is missing or malformed is refused", func(t *testing.T) {
		for _, name := range []string{"Svix-Id", "Svix-Timestamp", "Svix-Signature"} {
			h := good.Clone()
			h.Del(name)
			_, err := k.Verify(h, body, now)
			require.ErrorIs(t, err, svix.ErrHeaders, name)
		}
		for _, bad := range []string{"soon", "1e9", "1731705121.5", "99999999999999999999"} {
			h := good.Clone()
			h.Set("Svix-Timestamp", bad)
			_, err := k.Verify(h, body, now)
			require.ErrorIs(t, err, svix.ErrHeaders, bad)
		}
	})
	t.Run("five minutes either way are accepted, and no second more", func(t *testing.T) {
		for seconds, want := range map[int64]error{-301: svix.ErrTime, -300: nil, 300: nil, 301: svix.ErrTime} {
			_, err := k.Verify(good, body, time.Unix(exampleTime+seconds, 999_000_000))
			require.ErrorIs(t, err, want, seconds)
		}
	})
	t.Run("a time that overflows is refused", func(t *testing.T) {
		for _, at := range []string{"-9223372036854775808", "9223372036854775807"} {
			h := good.Clone()
			h.Set("Svix-Timestamp", at)
			_, err := k.Verify(h, body, now)
			require.ErrorIs(t, err, svix.ErrTime, at)
		}
	})
	t.Run("only version 1 counts", func(t *testing.T) {
		_, text, _ := strings.Cut(exampleSignature, ",")
		for _, s := range []string{"v2," + text, "v1a," + text, "v1" + text, text, "v1,", "v1,%%%", "v1,AAAA", " "} {
			_, err := k.Verify(headers("Svix", s), body, now)
			require.Error(t, err, s)
		}
	})
	t.Run("the second of two signatures is accepted", func(t *testing.T) {
		for _, s := range []string{"v1,AAAA " + exampleSignature, "v2,x v1,%%% " + exampleSignature, exampleSignature + " v1,AAAA"} {
			_, err := k.Verify(headers("Svix", s), body, now)
			require.NoError(t, err, s)
		}
	})
	t.Run("each of several secrets is accepted", func(t *testing.T) {
		for _, secrets := range [][]string{{"whsec_c2VjcmV0", exampleSecret}, {exampleSecret, "c2VjcmV0"}} {
			_, err := keys(t, secrets...).Verify(good, body, now)
			require.NoError(t, err)
		}
		_, err := keys(t, "whsec_c2VjcmV0").Verify(good, body, now)
		require.ErrorIs(t, err, svix.ErrSignature)
	})
	t.Run("another body, id or time is refused", func(t *testing.T) {
		_, err := k.Verify(good, []byte(`{"event_type": "ping","data":{"success":true}}`), now)
		require.ErrorIs(t, err, svix.ErrSignature, "the same JSON in other bytes")
		for name, value := range map[string]string{"Svix-Id": "msg_other", "Svix-Timestamp": fmt.Sprint(exampleTime + 1)} {
			h := good.Clone()
			h.Set(name, value)
			_, err := k.Verify(h, body, now)
			require.ErrorIs(t, err, svix.ErrSignature, name)
		}
	})
	t.Run("zero keys verify nothing", func(t *testing.T) {
		_, err := svix.Keys{}.Verify(good, body, now)
		require.ErrorIs(t, err, svix.ErrSignature)
		h := svix.Keys{}.Sign(exampleID, now, body)
		_, err = svix.Keys{}.Verify(h, body, now)
		require.Error(t, err)
	})
}

func TestSign(t *testing.T) {
	at, body := time.Unix(exampleTime, 5), []byte(exampleBody)
	h := keys(t, exampleSecret).Sign(exampleID, at, body)
	require.Equal(t, headers("Svix", exampleSignature), h)
	h = keys(t, "c2VjcmV0", exampleSecret).Sign(exampleID, at, body)
	require.Len(t, strings.Fields(h.Get("Svix-Signature")), 2)
	_, err := keys(t, exampleSecret).Verify(h, body, at)
	require.NoError(t, err)
}

func TestParseKeys(t *testing.T) {
	for _, secrets := range [][]string{nil, {""}, {"whsec_"}, {"whsec_not base64"}, {exampleSecret, ""}} {
		_, err := svix.ParseKeys(secrets...)
		require.ErrorIs(t, err, svix.ErrSecret, "%q", secrets)
	}
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		require.NotContains(t, fmt.Sprintf(verb, keys(t, exampleSecret)), "plJ3")
	}
}
