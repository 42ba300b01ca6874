package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSecrets(t *testing.T) {
	environment := func(text string) func(string) string {
		return func(name string) string { return map[string]string{"APP_SECRET": text}[name] }
	}
	first, second := strings.Repeat("a", leastSecret), strings.Repeat("b", leastSecret)
	t.Run("those that are set count, in their order", func(t *testing.T) {
		all, err := readSecrets(environment(first + ", " + second))
		require.NoError(t, err)
		require.Len(t, all, 2)
		assert.Equal(t, second, all[1].Reveal())
	})
	t.Run("one that is too short is refused, and not shown", func(t *testing.T) {
		_, err := readSecrets(environment("canary"))
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "canary")
	})
	t.Run("without one, the portal makes one and keeps it for itself", func(t *testing.T) {
		var c config
		c.documents.dir = filepath.Join(t.TempDir(), "files")
		made, err := c.signing()
		require.NoError(t, err)
		again, err := c.signing()
		require.NoError(t, err)
		assert.Equal(t, made[0].Reveal(), again[0].Reveal())
		about, err := os.Stat(filepath.Join(c.documents.dir, "secret"))
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), about.Mode().Perm())
	})
	t.Run("a file that holds too little is refused", func(t *testing.T) {
		var c config
		c.documents.dir = t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(c.documents.dir, "secret"), []byte("short"), 0o600))
		_, err := c.signing()
		assert.ErrorContains(t, err, "at least")
	})
}
