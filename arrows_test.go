package frontdesk_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestArrows keeps the packages apart, so that a host links only what it imports:
//
//	frontdesk <- domains <- { adapters, *http, *test, store, dashboard, notify, booking } <- examples
//
// A package's place in the tree says what it is, so a new domain needs no change here.
func TestArrows(t *testing.T) {
	r := listRepo(t)
	t.Run("Imports between our packages follow the arrows", r.testEdges)
	t.Run("A package links only the modules on its list", r.testModules)
	t.Run("The list of modules names only what is linked", r.testModuleList)
	t.Run("Only test packages link the package testing", r.testTesting)
	t.Run("Only store/jobs imports River", r.testRiver)
	t.Run("Drivers are imported only where a database is chosen", r.testDrivers)
	t.Run("testify is imported by test files only", r.testTestify)
}

// TestArrowRules checks the rules on packages that need not be there.
func TestArrowRules(t *testing.T) {
	for _, c := range []struct {
		from, to string
		may      bool
	}{
		{"", "billing", false},
		{"", "internal/clock", false},
		{"storage", "", true},
		{"storage", "billing", false},
		{"storage", "storage/drive", false},
		{"storage", "store", false},
		{"dashboard", "billing", true},
		{"dashboard", "billing/stripe", false},
		{"dashboard", "store", false},
		{"billing", "dashboard", false},
		{"notify", "billing", true},
		{"notify", "email/templates", true},
		{"notify", "scheduling/ical", true},
		{"notify", "email/resend", false},
		{"booking", "billing", true},
		{"booking", "scheduling", true},
		{"booking", "scheduling/ical", false},
		{"booking", "store", false},
		{"scheduling", "booking", false},
		{"notify", "store", false},
		{"email", "notify", false},
		{"email/templates", "email", true},
		{"email/templates", "billing", false},
		{"storage/picture", "storage", true},
		{"storage/picture", "storage/sniff", false},
		{"storage", "storage/sniff", false},
		{"storage/drive", "storage", true},
		{"storage/drive", "storage/drive/wire", true},
		{"storage/drive/wire", "storage/drive", true},
		{"storage/drive", "storage/localdir", false},
		{"storage/drive", "billing", false},
		{"storage/drive", "store", false},
		{"email/emailhttp", "email", true},
		{"email/emailhttp", "email/resend", false},
		{"email/emailhttp", "billing", false},
		{"email/emailhttp", "store", false},
		{"dashboard/dashboardhttp", "scheduling", true},
		{"email/emailtest", "email/resend/wire", true},
		{"email/emailtest", "billing", false},
		{"store", "email", true},
		{"store", "email/resend", false},
		{"store", "store/jobs", false},
		{"store/jobs", "store", true},
		{"store/jobs", "scheduling", true},
		{"store/jobs", "billing/stripe", false},
		{"store/storetest", "store", true},
		{"examples/portal", "billing/stripe", true},
		{"examples/portal", "store/jobs", true},
		{"billing", "examples/portal", false},
		{"internal/bench", "store", true},
		{"billing", "internal/bench", false},
		{"storage/websource", "internal/dialguard", true},
		{"ads", "internal/dialguard", true},
		{"storage/drive", "internal/googlecall", true},
		{"storage", "internal/googlecall", false},
		{"email/emailhttp", "internal/webhook", true},
		{"email", "internal/webhook", false},
		{"internal/webhook", "billing", false},
		{"", "internal/dialguard", false},
		{"internal/dialguard", "storage", false},
	} {
		if got := mayImport(c.from, c.to); got != c.may {
			t.Errorf("whether %q may import %q is %v, want %v", c.from, c.to, got, c.may)
		}
	}
}

// role is what a package is for.
type role string

const (
	isRoot    role = "the words that all packages share"
	isDomain  role = "a domain"
	isAdapter role = "an adapter"
	isHandler role = "a domain's handlers"
	isKit     role = "a domain's test package"
	isStore   role = "the store"
	isJobs    role = "the store's durable work"
	isDBKit   role = "the store's test package"
	isGuard   role = "the guard of outbound connections"
	isCalls   role = "what adapters of one provider share"
	isAnswers role = "what handlers share"
	isProgram role = "a program, or a part of one"
)

// roleOf reads the role off the path below the module's root.
func roleOf(path string) role {
	top, rest, _ := strings.Cut(path, "/")
	switch {
	case path == "":
		return isRoot
	case path == "internal/dialguard":
		return isGuard
	case path == "internal/googlecall":
		return isCalls
	case path == "internal/webhook" || path == "internal/problem":
		return isAnswers
	case top == "examples" || top == "internal":
		return isProgram
	case path == "store/jobs":
		return isJobs
	case top == "store" && strings.HasSuffix(rest, "test"):
		return isDBKit
	case top == "store":
		return isStore
	case rest == "":
		return isDomain
	case rest == top+"http":
		return isHandler
	case rest == top+"test":
		return isKit
	}
	return isAdapter
}

// mayImport reports whether the arrows allow the package from to import the package to.
func mayImport(from, to string) bool {
	domain, part, _ := strings.Cut(from, "/")
	inDomain := to == domain || strings.HasPrefix(to, domain+"/")
	switch is := roleOf(to); roleOf(from) {
	case isProgram:
		return true
	case isDomain:
		joins := from == "dashboard" || from == "notify" || from == "booking"
		return is == isRoot || is == isGuard || is == isDomain && joins || from == "notify" && (to == "email/templates" || to == "scheduling/ical")
	case isHandler:
		return is == isRoot || is == isAnswers || to == domain || mayImport(domain, to)
	case isKit:
		return is == isRoot || inDomain && is != isHandler
	case isAdapter:
		adapter, _, _ := strings.Cut(part, "/")
		return is == isRoot || is == isGuard || is == isCalls || to == domain || strings.HasPrefix(to+"/", domain+"/"+adapter+"/")
	case isCalls:
		return is == isRoot
	case isAnswers:
		return is == isRoot || is == isAnswers
	case isStore:
		return is == isRoot || is == isDomain || is == isStore
	case isJobs, isDBKit:
		return is == isRoot || is == isDomain || is == isStore
	}
	return false
}

// linked is what `go list` tells about a package.
type linked struct {
	ImportPath string
	Imports    []string // of files that are not tests
	Standard   bool
	Module     *struct {
		Path string
		Main bool
	}
}

// repo is our packages by their path below the module's root, and all that they link by
// import path.
type repo struct {
	module string
	ours   map[string]linked
	all    map[string]linked
	lists  map[string][]string // allowed modules
}

func listRepo(t *testing.T) *repo {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Imports,Standard,Module", "./...")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	r := &repo{ours: map[string]linked{}, all: map[string]linked{}, lists: readLists(t)}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p linked
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		r.add(p)
	}
	if _, found := r.ours[""]; !found {
		t.Fatal("go list does not list the root package: the test must run in the root of the module")
	}
	return r
}

func (r *repo) add(p linked) {
	r.all[p.ImportPath] = p
	if p.Module != nil && p.Module.Main {
		r.module = p.Module.Path
		r.ours[below(p.ImportPath, r.module)] = p
	}
}

// below is the path below the module's root.
func below(importPath, module string) string {
	return strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
}

// readLists reads the modules allowed per package.
func readLists(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("testdata/allowed-modules.txt")
	if err != nil {
		t.Fatal(err)
	}
	lists := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		if path, modules, found := strings.Cut(strings.TrimSpace(line), ":"); found {
			lists[path] = append(lists[path], strings.Fields(modules)...)
		} else if path != "" {
			t.Fatalf("allowed-modules.txt: %q is not of the form package: module ...", path)
		}
	}
	return lists
}

func (r *repo) testEdges(t *testing.T) {
	for from, p := range r.ours {
		for to := range r.imported(p) {
			if !mayImport(from, to) {
				t.Errorf("%q imports %q, and %s must not import %s that is not its own: frontdesk <- domains <- { adapters, *http, *test, store, dashboard } <- examples",
					from, to, roleOf(from), roleOf(to))
			}
		}
	}
}

// imported is which of our packages p imports.
func (r *repo) imported(p linked) map[string]linked {
	imported := map[string]linked{}
	for _, path := range p.Imports {
		if to, found := r.ours[below(path, r.module)]; found && to.ImportPath == path {
			imported[below(path, r.module)] = to
		}
	}
	return imported
}

// links is all that is linked with p, p included.
func (r *repo) links(p linked) map[string]linked {
	links := map[string]linked{}
	var follow func(linked)
	follow = func(p linked) {
		if _, seen := links[p.ImportPath]; seen {
			return
		}
		links[p.ImportPath] = p
		for _, path := range p.Imports {
			follow(r.all[path])
		}
	}
	follow(p)
	delete(links, "") // "C", "unsafe" and what the standard library vendors
	return links
}

// modules is the foreign modules linked with p.
func (r *repo) modules(p linked) []string {
	modules := map[string]bool{}
	for _, l := range r.links(p) {
		if l.Module != nil && !l.Module.Main {
			modules[l.Module.Path] = true
		}
	}
	return slices.Sorted(maps.Keys(modules))
}

// allowed is the modules on the list of the package and on those of the packages it imports.
func (r *repo) allowed(path string) []string {
	allowed := slices.Clone(r.lists[path])
	for imported := range r.imported(r.ours[path]) {
		allowed = append(allowed, r.allowed(imported)...)
	}
	return allowed
}

func (r *repo) testModules(t *testing.T) {
	for path, p := range r.ours {
		switch roleOf(path) {
		case isRoot, isDomain, isHandler, isKit, isStore:
		default:
			if _, listed := r.lists[path]; !listed {
				continue
			}
		}
		for _, module := range r.modules(p) {
			if !slices.Contains(r.allowed(path), module) {
				t.Errorf("%q links %s: whoever imports %s links only the modules that testdata/allowed-modules.txt lists for it",
					path, module, roleOf(path))
			}
		}
	}
}

func (r *repo) testModuleList(t *testing.T) {
	for path, modules := range r.lists {
		p, found := r.ours[path]
		if !found {
			t.Errorf("allowed-modules.txt lists modules for %q, and there is no such package", path)
			continue
		}
		for _, module := range modules {
			if !slices.Contains(r.modules(p), module) {
				t.Errorf("allowed-modules.txt lists %s for %q, which does not link it: take it off the list", module, path)
			}
		}
	}
}

func (r *repo) testTesting(t *testing.T) {
	for path, p := range r.ours {
		switch roleOf(path) {
		case isRoot, isDomain, isHandler, isStore, isAdapter:
		default:
			continue
		}
		if _, links := r.links(p)["testing"]; links {
			t.Errorf("%q links the package testing, which registers flags and is for test packages: %s must not", path, roleOf(path))
		}
	}
}

func (r *repo) testRiver(t *testing.T) {
	const why = "River links testify and several drivers, so that only hosts that want durable work import it, through store/jobs"
	r.forbid(t, []string{"github.com/riverqueue"}, why, isJobs, isProgram)
}

func (r *repo) testDrivers(t *testing.T) {
	drivers := []string{
		"github.com/jackc/pgx", "github.com/lib/pq", "modernc.org/sqlite", "github.com/mattn/go-sqlite3",
		"github.com/ncruces/go-sqlite3", "github.com/glebarez/go-sqlite", "github.com/go-sql-driver",
	}
	const why = "the host chooses the driver, and hosts on SQLite do not link one for Postgres, nor the other way round"
	r.forbid(t, drivers, why, isJobs, isDBKit, isProgram)
}

func (r *repo) testTestify(t *testing.T) {
	const why = "exported suites and fakes need nothing but the standard library"
	r.forbid(t, []string{"github.com/stretchr/testify"}, why)
}

// forbid refuses direct imports below the paths to all packages but those with the roles.
func (r *repo) forbid(t *testing.T, paths []string, why string, except ...role) {
	for from, p := range r.ours {
		for _, imported := range p.Imports {
			foreign := slices.ContainsFunc(paths, func(path string) bool { return strings.HasPrefix(imported+"/", path+"/") })
			if foreign && !slices.Contains(except, roleOf(from)) {
				t.Errorf("%q imports %s: %s", from, imported, why)
			}
		}
	}
}
