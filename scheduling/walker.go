package scheduling

// walker reads the open runs of a timetable in order, lazily.
type walker struct {
	table *timetable
	piece int   // that is walked
	day   int64 // the last whose windows are read
	last  int64 // day of the piece
	base  int64 // from which the windows count
	today []interval
	from  int64 // the piece begins
	bound int64 // they end there: the piece does, or the day after is an override's and nothing comes over

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
			win.start, win.end = max(win.start+w.base, w.from), min(win.end+w.base, w.bound)
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
// it begins, whose windows may come over. Where no date is overridden, it goes by weeks.
func (w *walker) turn() bool {
	t := w.table
	if w.day++; w.piece < 0 || w.day > w.last {
		if w.piece++; w.piece >= len(t.pieces) {
			return false
		}
		p := &t.pieces[w.piece]
		w.day, w.last = dayOf(p.start+p.offset)-1, dayOf(p.end-1+p.offset)
	}
	p := &t.pieces[w.piece]
	weekday := weekdayOf(w.day)
	w.base, w.from, w.bound = (w.day-weekday)*day-p.offset, p.start, p.end
	if len(t.dates) == 0 {
		w.today, w.day = t.week, w.day-weekday+6
		return true
	}
	w.today = t.week[t.weekday[weekday]:t.weekday[weekday+1]]
	if i := t.override(w.day); i >= 0 {
		w.today, w.base = t.hours[t.hoursOf[i]:t.hoursOf[i+1]], w.day*day-p.offset
	}
	if t.override(w.day+1) >= 0 {
		w.bound = min(w.bound, (w.day+1)*day-p.offset)
	}
	return true
}
