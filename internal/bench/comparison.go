package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// none is the goal that there is nothing.
const none = -1

// figure is a number of ours, and the same one of each peer.
type figure struct {
	name     string
	format   string
	values   []float64 // ours first
	most     float64   // what is wanted; 0: nothing
	relative bool      // most is a ratio to the first peer
}

func (f *figure) add(value float64) { f.values = append(f.values, value) }

// ratio is ours to the n-th.
func (f figure) ratio(n int) float64 { return f.values[0] / f.values[n] }

// goal is what the figure is held against, and whether it was missed.
func (f figure) goal() string {
	ours, text := f.values[0], fmt.Sprintf(f.format, f.most)
	switch {
	case f.most == 0:
		return ""
	case f.most == none:
		text = "none"
	case f.relative:
		ours, text = f.ratio(1), fmt.Sprintf("ratio %.1f", f.most)
	}
	if ours > max(f.most, 0) {
		text += ", missed"
	}
	return text
}

// comparisons collects figures, and those of their peers.
type comparisons struct{ lines []string }

// add collects the figures of one case.
func (c *comparisons) add(name string, figures ...figure) {
	for _, f := range figures {
		line := []string{name, f.name, fmt.Sprintf(f.format, f.values[0])}
		for n := 1; n < len(f.values); n++ {
			line = append(line, fmt.Sprintf(f.format, f.values[n]), some(f.values[n], "%.2f", f.ratio(n)))
		}
		c.lines = append(c.lines, strings.Join(append(line, f.goal(), ""), "\t"))
		name = ""
	}
}

func (c *comparisons) print(out io.Writer, head string) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, head)
	for _, line := range c.lines {
		fmt.Fprintln(w, line)
	}
	w.Flush()
}
