package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// table collects what was measured.
type table struct {
	rows   []webhooks
	failed bool
}

func (t *table) add(w webhooks) {
	t.rows = append(t.rows, w)
	t.failed = t.failed || w.failed
}

func (t *table) print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "database\tsenders\tacks/s\tp50\tp99\tapplied/s\trows/s\tratio\tpgbench/s\tratio\tnaive/s\tratio\tgoals\t")
	for _, r := range t.rows {
		fmt.Fprintf(w, "%s\t%d\t%.0f\t%v\t%v\t%.0f\t%.0f\t%.2f\t%s\t%s\t%.0f\t%.2f\t%s\t\n", r.database, r.senders, r.ours.perSecond,
			r.ours.p50.Round(10_000), r.ours.p99.Round(10_000), r.applied, r.rows.perSecond, r.ours.perSecond/r.rows.perSecond,
			some(r.pgbench, "%.0f", r.pgbench), some(r.pgbench, "%.2f", r.ours.perSecond/r.pgbench),
			r.naive.perSecond, r.ours.perSecond/r.naive.perSecond, r.goals())
	}
	w.Flush()
}

// some is blank where nothing was measured.
func some(measured float64, format string, figure float64) string {
	if measured == 0 {
		return "-"
	}
	return fmt.Sprintf(format, figure)
}

// goals are what the figures are held against.
func (w webhooks) goals() string {
	switch {
	case w.senders == 1:
		return "p50 1.5ms"
	case w.senders < 32:
		return ""
	case w.database == "sqlite":
		return "rows 1.5, naive 5"
	}
	return "pgbench 0.4, naive 2.5"
}
