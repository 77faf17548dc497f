package report

import "time"

// axis is a scale of UTC time.
type axis struct {
	from, until time.Time
	left, width int // thousandths of a pixel
}

// x is where a time stands.
func (a axis) x(t time.Time) int {
	all := a.until.Sub(a.from) / time.Millisecond
	if all <= 0 {
		return a.left
	}
	part := min(max(t.Sub(a.from)/time.Millisecond, 0), all)
	// Widths are below 2^21 and times below 2^42 milliseconds (139 years); longer
	// spans lose milliseconds first.
	for all > 1<<41 {
		all, part = all>>1, part>>1
	}
	return a.left + int(int64(part)*int64(a.width)/int64(all))
}

// steps between ticks that are not months.
var tickSteps = []time.Duration{
	time.Second, 5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour,
	3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 2 * 24 * time.Hour, 7 * 24 * time.Hour, 14 * 24 * time.Hour,
}

// months between ticks of longer spans.
var tickMonths = []int{1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200}

// ticks are at most so many round times, with what to write at each.
func (a axis) ticks(most int) (at []time.Time, form string) {
	span := a.until.Sub(a.from)
	for _, step := range tickSteps {
		if int(span/step)+1 > most {
			continue
		}
		t := a.from.Truncate(step)
		for ; !t.After(a.until); t = t.Add(step) {
			if !t.Before(a.from) {
				at = append(at, t)
			}
		}
		switch {
		case step < time.Minute:
			form = "01-02 15:04:05"
		case step < 24*time.Hour:
			form = "01-02 15:04"
		default:
			form = "2006-01-02"
		}
		return at, form
	}
	for _, months := range tickMonths {
		if int(span/(time.Hour*24*28))/months+1 > most {
			continue
		}
		y, m, _ := a.from.Date()
		m = time.Month((int(m)-1)/min(months, 12)*min(months, 12) + 1)
		if months > 12 {
			y, m = y/(months/12)*(months/12), 1
		}
		for t := time.Date(y, m, 1, 0, 0, 0, 0, time.UTC); !t.After(a.until); t = t.AddDate(0, months, 0) {
			if !t.Before(a.from) {
				at = append(at, t)
			}
		}
		if months >= 12 {
			return at, "2006"
		}
		return at, "2006-01"
	}
	return nil, "2006"
}
