package drive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"
	"google.golang.org/api/googleapi"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage/drive"
	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
)

func reason(err error) string {
	e, found := errors.AsType[*drive.Error](err)
	if !found {
		return ""
	}
	return e.Reason
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		status int
		reason string
		code   frontdesk.Code
		again  bool
	}{
		{400, "badRequest", frontdesk.Invalid, false},
		{400, "invalidSharingRequest", frontdesk.Invalid, false},
		{401, "authError", frontdesk.Unauthenticated, true},
		{403, "rateLimitExceeded", frontdesk.RateLimited, true},
		{403, "userRateLimitExceeded", frontdesk.RateLimited, true},
		{403, "sharingRateLimitExceeded", frontdesk.RateLimited, false},
		{403, "dailyLimitExceeded", frontdesk.RateLimited, false},
		{403, "storageQuotaExceeded", frontdesk.QuotaExceeded, false},
		{403, "quotaExceeded", frontdesk.QuotaExceeded, false},
		{403, "teamDriveFileLimitExceeded", frontdesk.QuotaExceeded, false},
		{403, "numChildrenInNonRootLimitExceeded", frontdesk.QuotaExceeded, false},
		{403, "activeItemCreationLimitExceeded", frontdesk.QuotaExceeded, false},
		{403, "insufficientFilePermissions", frontdesk.PermissionDenied, false},
		{403, "appNotAuthorizedToFile", frontdesk.PermissionDenied, false},
		{403, "domainPolicy", frontdesk.PermissionDenied, false},
		{403, "accessNotConfigured", frontdesk.PermissionDenied, false},
		{403, "downloadQuotaExceeded", frontdesk.PermissionDenied, false},
		{403, "cannotDownloadAbusiveFile", frontdesk.PermissionDenied, false},
		{403, "fileNotDownloadable", frontdesk.FailedPrecondition, false},
		{403, "exportSizeLimitExceeded", frontdesk.FailedPrecondition, false},
		{403, "somethingNew", frontdesk.PermissionDenied, false},
		{404, "notFound", frontdesk.NotFound, false},
		{412, "conditionNotMet", frontdesk.FailedPrecondition, false},
		{416, "requestedRangeNotSatisfiable", frontdesk.Invalid, false},
		{429, "anything", frontdesk.RateLimited, true},
		{408, "requestTimeout", frontdesk.Unavailable, true},
		{500, "internalError", frontdesk.Unavailable, true},
		{503, "backendError", frontdesk.Unavailable, true},
	} {
		inBubble(t, fmt.Sprintf("%d %s is %v", c.status, c.reason, c.code), func(t *testing.T) {
			s, store := local(t, driveserver.Options{}, drive.Options{MaxAttempts: 2})
			s.Every(driveserver.Get, 1, driveserver.Fault{Status: c.status, Reason: c.reason, Message: "Told so"})
			_, err := store.Stat(t.Context(), "abc")
			requireCode(t, c.code, err)
			assert.Equal(t, c.reason, reason(err))
			answer, found := errors.AsType[*googleapi.Error](err)
			require.True(t, found)
			assert.Equal(t, c.status, answer.Code)
			assert.Equal(t, c.again, s.Count(driveserver.Get) == 2)
		})
	}
	for name, c := range map[string]struct {
		body, reason string
		code         frontdesk.Code
	}{
		"the upload host's text":     {"User Rate Limit Exceeded", "userRateLimitExceeded", frontdesk.RateLimited},
		"Google's newer form":        {`{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED","details":[{"reason":"storageQuotaExceeded"}]}}`, "storageQuotaExceeded", frontdesk.QuotaExceeded},
		"an unknown reason's text":   {`{"error":{"code":403,"message":"no","errors":[{"reason":"new"}]}}`, "new", frontdesk.PermissionDenied},
		"a page that is not Drive's": {"<html>blocked</html>", "", frontdesk.PermissionDenied},
	} {
		inBubble(t, "a 403 is read from "+name, func(t *testing.T) {
			s, store := local(t, driveserver.Options{}, drive.Options{MaxAttempts: 1})
			s.Next(driveserver.Upload, driveserver.Fault{Status: 403, Body: c.body})
			_, err := put(t.Context(), store, content(kiB))
			requireCode(t, c.code, err)
			assert.Equal(t, c.reason, reason(err))
		})
	}
	inBubble(t, "a proxy's 404 does not make a document look deleted", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{MaxAttempts: 1})
		s.Next(driveserver.Get, driveserver.Fault{Status: 404, Body: "<html>nothing here</html>"})
		_, err := store.Stat(t.Context(), "abc")
		requireCode(t, frontdesk.Unavailable, err)
	})
	inBubble(t, "a full storage stops neither others nor itself for a moment", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		begun := s.Now()
		s.Next(driveserver.Upload, driveserver.Fault{Status: 403, Reason: "storageQuotaExceeded"})
		_, err := put(t.Context(), store, content(kiB))
		requireCode(t, frontdesk.QuotaExceeded, err)
		_, err = put(t.Context(), store, content(kiB))
		require.NoError(t, err)
		assert.Equal(t, begun, s.Now())
		assert.Equal(t, 2, s.Count(driveserver.Upload))
	})
	inBubble(t, "a Retry-After is waited for", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		begun := s.Now()
		limited := tooFast
		limited.RetryAfter = 20 * time.Second
		s.Next(driveserver.Upload, limited)
		_, err := put(t.Context(), store, content(kiB))
		require.NoError(t, err)
		assert.GreaterOrEqual(t, s.Now().Sub(begun), 20*time.Second)
	})
	inBubble(t, "a token that is refused is asked for anew, once, and is in no error", func(t *testing.T) {
		s := driveserver.NewServer(&driveserver.Options{Token: "good"})
		source := &rotating{texts: []string{"stale-secret", "good"}}
		store, err := drive.New(source, &drive.Options{Endpoint: endpoint, HTTPClient: &http.Client{Transport: s.Transport()}})
		require.NoError(t, err)
		require.NoError(t, store.Probe(t.Context()))
		source.texts = []string{"stale-secret"}
		other, err := drive.New(source, &drive.Options{Endpoint: endpoint, HTTPClient: &http.Client{Transport: s.Transport()}})
		require.NoError(t, err)
		err = other.Probe(t.Context())
		requireCode(t, frontdesk.Unauthenticated, err)
		assert.NotContains(t, fmt.Sprintf("%+v %+v", err, other), "secret")
	})
	inBubble(t, "a grant that Google has taken back is Unauthenticated, at once", func(t *testing.T) {
		s := driveserver.NewServer(nil)
		gone := &oauth2.RetrieveError{Response: &http.Response{StatusCode: 400}, ErrorCode: "invalid_grant"}
		store, err := drive.New(refusing{gone}, &drive.Options{Endpoint: endpoint, HTTPClient: &http.Client{Transport: s.Transport()}})
		require.NoError(t, err)
		_, err = store.Stat(t.Context(), "abc")
		requireCode(t, frontdesk.Unauthenticated, err)
		assert.Zero(t, s.Requests())
	})
	inBubble(t, "a context that has ended is told as such", func(t *testing.T) {
		_, store := local(t, driveserver.Options{}, drive.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := store.Stat(ctx, "abc")
		requireCode(t, frontdesk.Canceled, err)
	})
}

// rotating gives a token after the other, the last one for ever.
type rotating struct{ texts []string }

func (r *rotating) Token() (*oauth2.Token, error) {
	text := r.texts[0]
	if len(r.texts) > 1 {
		r.texts = r.texts[1:]
	}
	return &oauth2.Token{AccessToken: text}, nil
}

type refusing struct{ err error }

func (r refusing) Token() (*oauth2.Token, error) { return nil, r.err }

func TestProbe(t *testing.T) {
	const service = "portal@project.iam.gserviceaccount.com"
	inBubble(t, "a service account on My Drive is told the three ways out, and nothing is uploaded", func(t *testing.T) {
		s, store := local(t, driveserver.Options{User: service}, drive.Options{})
		err := store.Probe(t.Context())
		requireCode(t, frontdesk.FailedPrecondition, err)
		for _, way := range []string{"shared drive", "domain-wide delegation", "OAuth token"} {
			assert.Contains(t, err.Error(), way)
		}
		assert.Empty(t, s.Files())
		_, err = put(t.Context(), store, content(kiB))
		requireCode(t, frontdesk.QuotaExceeded, err)
	})
	inBubble(t, "a service account on a shared drive is fine", func(t *testing.T) {
		s := driveserver.NewServer(&driveserver.Options{User: service})
		store := reaching(t, s, drive.Options{Folder: s.AddDrive("Clients")})
		require.NoError(t, store.Probe(t.Context()))
		_, err := store.Put(t.Context(), bytes.NewReader(nil), options("a.bin", nil))
		require.NoError(t, err)
	})
	inBubble(t, "a folder that was made by hand cannot be seen, and that is said", func(t *testing.T) {
		s := driveserver.NewServer(nil)
		id := s.Add(driveserver.File{Name: "Clients", MIMEType: driveserver.FolderType, Hidden: true})
		err := reaching(t, s, drive.Options{Folder: id}).Probe(t.Context())
		requireCode(t, frontdesk.FailedPrecondition, err)
		assert.Contains(t, err.Error(), "drive.file")
	})
	inBubble(t, "a full storage is QuotaExceeded", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		_, err := put(t.Context(), store, content(kiB))
		require.NoError(t, err)
		s.SetQuota(kiB)
		requireCode(t, frontdesk.QuotaExceeded, store.Probe(t.Context()))
	})
}

func TestNew(t *testing.T) {
	for name, o := range map[string]*drive.Options{
		"endpoint":   {Endpoint: "http://host/other"},
		"chunk_size": {ChunkSize: 1000},
	} {
		t.Run("a wrong "+name+" is named", func(t *testing.T) {
			_, err := drive.New(tokens(), o)
			requireCode(t, frontdesk.Invalid, err)
			assert.Equal(t, name, frontdesk.Fields(err)[0].Name)
		})
	}
	t.Run("a key that is none is Invalid and is not shown", func(t *testing.T) {
		_, err := drive.NewFromKey(frontdesk.NewSecret(`{"private_key":"hush"}`), nil)
		requireCode(t, frontdesk.Invalid, err)
		assert.NotContains(t, err.Error(), "hush")
	})
}
