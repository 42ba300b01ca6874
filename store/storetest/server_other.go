//go:build !unix

package storetest

import (
	"errors"

	"github.com/jmoiron/sqlx"
)

var errNoBinaries = errors.New("storetest runs Postgres on Unix only")

type server struct{ admin *sqlx.DB }

func (s *server) dsn(string) string { return "" }

func startServer() (*server, error) { return nil, errNoBinaries }
