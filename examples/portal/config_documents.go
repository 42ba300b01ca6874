package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

// drivePath is where Drive's API is on any host.
const drivePath = "/drive/v3/"

// documentsConfig is where the bytes of documents are kept. Without a key and without
// another address it is a directory.
type documentsConfig struct {
	key     frontdesk.Secret // Google's, as JSON
	folder  string
	subject string // the user in whose name the key acts
	apiBase string
	dir     string // empty: the one that goes with the database
	seeded  bool   // the demo begins with some
}

// local reports whether documents stay on this machine.
func (c documentsConfig) local() bool { return c.key.IsZero() && c.apiBase == "" }

// emulated reports whether no real Drive gets documents.
func (c documentsConfig) emulated() bool { return c.key.IsZero() || c.apiBase != "" }

func readDocuments(getenv func(string) string) (documentsConfig, error) {
	c := documentsConfig{
		folder: strings.TrimSpace(getenv("GOOGLE_DRIVE_FOLDER_ID")), subject: strings.TrimSpace(getenv("GOOGLE_DRIVE_SUBJECT")),
	}
	var err error
	if c.key, err = readGoogleKey(strings.TrimSpace(getenv("GOOGLE_SERVICE_ACCOUNT_KEY"))); err != nil {
		return c, err
	}
	if c.apiBase, err = driveBase(strings.TrimSpace(getenv("DRIVE_API_BASE"))); err != nil {
		return c, err
	}
	switch {
	case c.local() && c.folder != "":
		return c, errors.New("GOOGLE_DRIVE_FOLDER_ID is set without GOOGLE_SERVICE_ACCOUNT_KEY")
	case c.key.IsZero() && c.subject != "":
		return c, errors.New("GOOGLE_DRIVE_SUBJECT is set without GOOGLE_SERVICE_ACCOUNT_KEY")
	}
	return c, nil
}

// readGoogleKey takes the key itself, which is JSON, or the path of its file.
func readGoogleKey(text string) (frontdesk.Secret, error) {
	if text == "" || strings.HasPrefix(text, "{") {
		return frontdesk.NewSecret(text), nil
	}
	raw, err := os.ReadFile(text) //nolint:gosec // the operator names the file
	if err != nil {               // the text may be half of a key
		return frontdesk.Secret{}, errors.New("GOOGLE_SERVICE_ACCOUNT_KEY is neither JSON nor a file that can be read")
	}
	return frontdesk.NewSecret(string(raw)), nil
}

// driveBase takes an origin, with or without the path of the API.
func driveBase(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("DRIVE_API_BASE must be a URL such as http://127.0.0.1:9000")
	}
	switch strings.TrimSuffix(u.Path, "/") {
	case "", strings.TrimSuffix(drivePath, "/"):
		return u.Scheme + "://" + u.Host + drivePath, nil
	}
	return "", fmt.Errorf("DRIVE_API_BASE must have no path, or %s", drivePath)
}
