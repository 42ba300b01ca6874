package storage

import (
	"fmt"
	"io"
	"log/slog"
)

// What is personal or a key to an upload stays out of logs: printed with whatever verb,
// or logged, these tell what a thing is and not what it is called.

// Format writes what holds no personal data.
func (d Document) Format(f fmt.State, _ rune) {
	io.WriteString(f, fmt.Sprintf("storage.Document(%s %s %s)", d.ID, d.Status, d.Visibility))
}

// LogValue is what holds no personal data.
func (d Document) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", d.ID), slog.String("client", d.Client), slog.String("status", string(d.Status)),
		slog.String("visibility", string(d.Visibility)))
}

// Format writes what holds no personal data and no session.
func (v Version) Format(f fmt.State, _ rune) {
	io.WriteString(f, fmt.Sprintf("storage.Version(%d %s/%d %s)", v.ID, v.Document, v.Number, v.State))
}

// LogValue is what holds no personal data and no session.
func (v Version) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("id", v.ID), slog.String("document", v.Document), slog.Int("number", v.Number),
		slog.String("client", v.Client), slog.String("state", string(v.State)), slog.Int64("size", v.Size))
}

// Format writes nothing of the session.
func (t Transfer) Format(f fmt.State, _ rune) {
	io.WriteString(f, fmt.Sprintf("storage.Transfer(%s %q)", t.Store, t.ObjectID))
}

// LogValue is what holds no session.
func (t Transfer) LogValue() slog.Value {
	return slog.GroupValue(slog.String("store", t.Store), slog.String("object", t.ObjectID), slog.Int("attempts", t.Attempts))
}

// Format writes nothing of what is uploaded.
func (u Upload) Format(f fmt.State, _ rune) {
	io.WriteString(f, fmt.Sprintf("storage.Upload(%d bytes)", u.Size))
}

// LogValue is what holds no personal data.
func (u Upload) LogValue() slog.Value {
	return slog.GroupValue(slog.String("client", u.Client), slog.Int64("size", u.Size))
}
