package scheduling

// walker reads the open runs of a timetable in order, lazily.
type walker struct {
	table *timetable
	piece int   // that is walked
	day   int64 // whose windows are read
	last  int64 // day of the piece
	base  int64 // the day's midnight, as the piece's clock has it
	today []interval
	cut   bool // the day after is an override's: nothing comes over

	ahead  interval // read already
	isOpen bool     // there is ahead
}

func (w *walker) start(t *timetable) {
	*w = walker{table: t, piece: -1}
	w.ahead, w.isOpen = w.window()
}

// run is the next stretch of open time; runs neither overlap nor touch.
func (w *walker) run() (interval, bool) {
	if !w.isOpen {
		return interval{}, false
	}
	run := w.ahead
	for {
		w.ahead, w.isOpen = w.window()
		if !w.isOpen || w.ahead.start > run.end {
			return run, true
		}
		run.end = max(run.end, w.ahead.end)
	}
}

// window is the next window's part in its piece. They come in order of their starts.
func (w *walker) window() (interval, bool) {
	for {
		for len(w.today) > 0 {
			win := w.today[0]
			w.today = w.today[1:]
			if w.cut {
				win.end = min(win.end, day)
			}
			p := &w.table.pieces[w.piece]
			win.start, win.end = max(win.start+w.base, p.start), min(win.end+w.base, p.end)
			if win.start < win.end {
				return win, true
			}
		}
		if !w.turn() {
			return interval{}, false
		}
	}
}

// turn goes to the next day, and from a piece's last to the next piece's first: the one before
// it begins, whose windows may come over.
func (w *walker) turn() bool {
	if w.day++; w.piece < 0 || w.day > w.last {
		if w.piece++; w.piece >= len(w.table.pieces) {
			return false
		}
		p := &w.table.pieces[w.piece]
		w.day, w.last = dayOf(p.start+p.offset)-1, dayOf(p.end-1+p.offset)
	}
	w.base = w.day*day - w.table.pieces[w.piece].offset
	w.today = w.table.on(w.day)
	w.cut = len(w.today) > 0 && w.table.override(w.day+1) >= 0
	return true
}
