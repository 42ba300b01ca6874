//go:build unix

package storetest

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jmoiron/sqlx"
)

// guard makes a database cluster in the directory $2 with the binaries in $1, starts
// its server, and says so. It then waits for the end of its standard input, which comes
// when this process ends in whatever way, stops the server and deletes the directory.
// If this process has ended already, saying so must not end the guard too.
const guard = `trap '' PIPE
"$1/initdb" -D "$2/data" -A trust -U postgres -E UTF8 --locale=C --no-sync >>"$2/log" 2>&1 &&
"$1/pg_ctl" -D "$2/data" -l "$2/log" -w -o "$3" start >>"$2/log" 2>&1 && echo ready
cat >/dev/null
"$1/pg_ctl" -D "$2/data" -m immediate stop >/dev/null 2>&1
rm -rf "$2"`

// settings: the server listens on a socket in its own directory and nowhere else.
const settings = `-k '%s' -c listen_addresses= -c max_connections=200 -c max_wal_size=4GB -c fsync=%s`

const startTime = time.Minute

// server is the Postgres of this process.
type server struct {
	dir   string
	admin *sqlx.DB
	alive io.Closer // the guard's standard input, held open as long as this process lives
}

func (s *server) dsn(schema string) string {
	return fmt.Sprintf("host='%s' user=postgres dbname=postgres sslmode=disable search_path=%s", s.dir, schema)
}

func startServer() (*server, error) {
	binaries, err := findBinaries()
	if err != nil {
		return nil, err
	}
	owner, err := ownerOf()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "frontdesk-postgres-")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir}
	if err := s.start(binaries, owner); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s.admin, err = sqlx.Connect("pgx", s.dsn("public"))
	return s, err
}

func (s *server) start(binaries string, owner *syscall.Credential) error {
	if owner != nil {
		if err := os.Chown(s.dir, int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	fsync := cmp.Or(os.Getenv("FRONTDESK_POSTGRES_FSYNC"), "on")
	cmd := exec.Command("/bin/sh", "-c", guard, "guard", binaries, s.dir, fmt.Sprintf(settings, s.dir, fsync))
	cmd.Dir = s.dir
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PG") })
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: owner} // Ctrl-C ends us, and the guard then does its work
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.alive = in
	return s.awaitReady(out)
}

func (s *server) awaitReady(out io.Reader) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	lines := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(out).ReadString('\n')
		lines <- line
	}()
	select {
	case line := <-lines:
		if line == "ready\n" {
			return nil
		}
	case <-ctx.Done():
	}
	log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	_ = s.alive.Close() // it has not started: the guard only cleans up
	return fmt.Errorf("Postgres does not start: %s", log[max(0, len(log)-2000):])
}

var errNoBinaries = errors.New("no Postgres binaries in PATH, /usr/lib/postgresql or /usr/local/pgsql")

// findBinaries returns the directory of the Postgres in PATH, or of the newest that is
// installed. FRONTDESK_POSTGRES_BIN names another.
func findBinaries() (string, error) {
	for _, dir := range candidates() {
		if complete(dir) {
			return dir, nil
		}
	}
	return "", errNoBinaries
}

func candidates() []string {
	if dir := os.Getenv("FRONTDESK_POSTGRES_BIN"); dir != "" {
		return []string{dir}
	}
	var dirs []string
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is right, so there is no error
	slices.SortFunc(installed, func(a, b string) int { return cmp.Compare(version(b), version(a)) })
	return append(append(dirs, installed...), "/usr/local/pgsql/bin")
}

func version(dir string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
	return n
}

func complete(dir string) bool {
	for _, name := range []string{"initdb", "pg_ctl", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// ownerOf returns who the server runs as: this user, or somebody else when that is
// root, as whom Postgres refuses to run.
func ownerOf() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
