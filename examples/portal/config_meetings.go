package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

// leastSecret is how many bytes a secret of the portal has at least.
const leastSecret = 32

// readSecrets are what links for guests are signed with: the first signs, all are accepted.
func readSecrets(getenv func(string) string) ([]frontdesk.Secret, error) {
	var all []frontdesk.Secret
	for _, text := range words(getenv("APP_SECRET")) {
		if len(text) < leastSecret {
			return nil, fmt.Errorf("APP_SECRET must have at least %d characters", leastSecret)
		}
		all = append(all, frontdesk.NewSecret(text))
	}
	return all, nil
}

// signing are the secrets that are set, or else one that is made once and kept with the database: links in
// mails must outlive the process.
func (c config) signing() ([]frontdesk.Secret, error) {
	if len(c.secrets) > 0 {
		return c.secrets, nil
	}
	path := filepath.Join(c.filesDir(), "secret")
	kept, err := os.ReadFile(path) //nolint:gosec // the operator names the directory
	if errors.Is(err, fs.ErrNotExist) {
		kept, err = newSecret(path)
	}
	if err != nil {
		return nil, fmt.Errorf("the secret that links are signed with (set APP_SECRET, or -data): %w", err)
	}
	text := strings.TrimSpace(string(kept))
	if len(text) < leastSecret {
		return nil, fmt.Errorf("%s must have at least %d characters; without the file, the next start makes a new one", path, leastSecret)
	}
	return []frontdesk.Secret{frontdesk.NewSecret(text)}, nil
}

// newSecret makes one, whole or not at all. Of processes that start at once, all get what the first has made.
func newSecret(path string) ([]byte, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	made, err := os.CreateTemp(filepath.Dir(path), "secret-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(made.Name()) //nolint:errcheck // what stays behind is no secret of anybody
	_, err = made.WriteString(rand.Text() + rand.Text() + "\n")
	if err = errors.Join(err, made.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(made.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(path) //nolint:gosec // the operator names the directory
}
