// Package store keeps what Frontdesk remembers in the host's own database, SQLite or
// Postgres, through the host's *sqlx.DB and driver.
//
//	db := sqlx.MustConnect("sqlite", "portal.db?_txlock=immediate")
//	st, err := store.Open(ctx, db, nil)
//	pay := billing.New(provider, st.Billing(), nil)
//	mails := email.New(mailer, st.Email(), nil)
//	files, err := storage.New(documents, st.Storage(), nil)
//
// [Open] brings the tables up to date. Their names begin with "frontdesk_", so that
// they live beside the host's. [DB.Billing] is the store of package billing,
// [DB.Email] that of package email, and [DB.Storage] that of package storage. [DB.InTx]
// puts writes of the host and of Frontdesk in one transaction.
//
// # Drivers
//
// The driver decides which database it is: "sqlite" (modernc.org/sqlite) and
// "sqlite3" (mattn/go-sqlite3) are SQLite, "pgx" (pgx/v5/stdlib) and "postgres"
// (lib/pq) are Postgres. The package imports none of them.
//
// # SQLite
//
// SQLite has one writer at a time. The writes of one [DB] stand in line in memory,
// first come first served, instead of polling the file, so any number of goroutines
// may write. Other programs, other DBs and the host's own transactions are waited for.
//
// Open turns on the write-ahead log. Each connection that writes for us is given a busy
// timeout and synchronous=FULL if it has less, and each of our transactions takes the
// write lock as it begins, so that none can fail half-way for want of it. The DSN
// parameter _txlock=immediate does the same for transactions that the host begins by
// itself; it is advised, not needed. Frontdesk's tables have no foreign keys, so the
// foreign_keys pragma stays as the host sets it.
//
// A pool of one connection (SetMaxOpenConns(1)) works, and is what a database in memory
// needs, for there each connection is a database of its own. Inside InTx use the
// transaction only: a call on the DB waits for the transaction that waits for it, and
// ends as Unavailable, or with the context where the pool has no connection left.
//
// # Errors
//
// Errors carry a [frontdesk.Code]. What the database asks to be tried again (a busy
// file, a deadlock, a serialization failure) is tried again inside, for some seconds,
// and ends as Unavailable, as does a lost connection. A connection that is lost while a
// transaction commits is OutcomeUnknown. The driver's own error stays in reach of
// errors.As.
package store
