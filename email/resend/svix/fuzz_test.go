package svix_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/email/resend/svix"
)

// FuzzVerify: no header but the one that was signed opens the door, and none breaks it.
func FuzzVerify(f *testing.F) {
	f.Add(exampleID, "1731705121", exampleSignature, []byte(exampleBody))
	f.Add("", "-1", "v1, v2,x", []byte(nil))
	f.Add("msg", "1731705121", "v1,rAvfW3dJ", []byte("{}"))
	f.Fuzz(func(t *testing.T, id, at, signature string, body []byte) {
		k, err := svix.ParseKeys("c2VjcmV0IG9mIHRoZSBmdXp6ZXI=")
		require.NoError(t, err)
		h := http.Header{"Svix-Id": {id}, "Svix-Timestamp": {at}, "Svix-Signature": {signature}}
		if _, err := k.Verify(h, body, time.Unix(exampleTime, 0)); err == nil {
			t.Fatalf("%q is accepted, and was not signed with the key", signature)
		}
	})
}
