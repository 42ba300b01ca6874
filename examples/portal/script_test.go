package main

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const script = "../../scripts/story.sh"

func TestScript(t *testing.T) {
	for _, tool := range []string{"sh", "curl", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("the script needs ", tool)
		}
	}
	s, r := readStory(t, stories[1]), start(t)
	file := "testdata/story-" + stories[1] + ".jsonl"
	t.Run("it posts a story that the portal acknowledges, at the endpoint that each event is for", func(t *testing.T) {
		out, err := exec.CommandContext(t.Context(), script, file, r.url, testSecret).CombinedOutput()
		require.NoError(t, err, "%s", out)
		assert.Equal(t, "22 events acknowledged\n", string(out))
		s.check(t, r)
	})
	t.Run("it fails with a wrong secret", func(t *testing.T) {
		out, err := exec.CommandContext(t.Context(), script, file, r.url, "whsec_wrong").CombinedOutput()
		assert.Error(t, err)
		assert.Contains(t, string(out), "400")
	})
}
