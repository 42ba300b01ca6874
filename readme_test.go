package frontdesk_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const readmeHost = `package main

import (
	"context"
	"net/http"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billinghttp"
	"github.com/frontdesk-go/frontdesk/billing/stripe"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/jobs"
	"github.com/jmoiron/sqlx"
)

func host(ctx context.Context, key string, secrets []frontdesk.Secret, mux *http.ServeMux) error {
CODE
	return err
}

func main() { _ = host(context.Background(), "", nil, nil) }
`

func TestTheReadmesCodeCompiles(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(readme), "```go\n")
	code, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("the README shows no Go code")
	}
	if first := strings.Count(before, "\n") + 1; first > 30 {
		t.Errorf("the code begins in line %d: a reader should meet it before line 30", first)
	}
	if lines := strings.Count(code, "\n"); lines > 15 {
		t.Errorf("the code has %d lines: at most 15 are read", lines)
	}
	compile(t, strings.Replace(readmeHost, "CODE", code, 1))
}

// compile vets a program as if it lay in the examples, without putting it there.
func compile(t *testing.T, program string) {
	t.Helper()
	dir := t.TempDir()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "main.go")
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(here, "examples/readme/main.go"): file}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{file: program, filepath.Join(dir, "overlay.json"): string(overlay)} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.CommandContext(t.Context(), "go", "build", "-overlay", filepath.Join(dir, "overlay.json"), "-o", os.DevNull, "./examples/readme").CombinedOutput()
	if err != nil {
		t.Errorf("the README's code does not compile: %v\n%s", err, out)
	}
}
