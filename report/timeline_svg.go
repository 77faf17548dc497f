package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/coldtrail/coldtrail/money"
)

// Measures of the timeline.
const (
	timeLeft  = 286 * px
	timeWidth = 690 * px
	stackTop  = 96 * px
	stackHigh = 110 * px
	lanesTop  = 262 * px
	laneHigh  = 30 * px
	lanePitch = 46 * px
	timeTicks = 8
	laneGauge = 1010 * px
	tickChar  = 3300    // half the width of a character
	timeTail  = 14 * px // after the last movement, so that it can be seen
)

// Timeline draws when stolen value came to its places, as SVG: above, how much
// of it had reached an end by each moment; below, one lane for each of the
// largest places (Limit, 14) with what the policy had put there, and at the
// right its bound. Times are UTC. Movements without a time are counted and
// said.
func Timeline(w io.Writer, d *Document, o Options) (err error) {
	defer failed(&err)
	s, err := d.lead(o)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, drawTimeline(s, newNames(d.Trail), o, "tl-", true))
	return err
}

func drawTimeline(s scope, n *names, o Options, prefix string, style bool) string {
	t := s.timelineOf(o.limit(timelineLanes))
	d := &timeDrawing{picture: picture{prefix: prefix}, t: t, s: s, n: n, axis: axis{t.from, t.until, timeLeft, timeWidth - timeTail}}
	for _, l := range t.lanes {
		if l.place == nil {
			continue
		}
		for _, a := range []money.Amount{l.final, boundOf(s.figures(l.place)).U} {
			if d.most.Less(a) {
				d.most = a
			}
		}
	}
	notes := d.notes()
	bottom := lanesTop + len(t.lanes)*lanePitch
	if t.from.IsZero() {
		bottom = 110 * px
	}
	height := bottom + (24+len(notes)*16)*px
	d.open(picWidth, height, o, style, d.title(), d.desc())
	d.text(picLeft, 30*px, "h", middle(clean(d.title()), 110))
	d.text(picLeft, 49*px, "s", d.subtitle())
	if t.from.IsZero() {
		d.text(picLeft, 90*px, "", "No movement of this trail has a known time.")
	} else {
		d.overview()
		d.grid(bottom)
		d.lanes()
	}
	for i, line := range notes {
		d.text(picLeft, bottom+(i*16+14)*px, "c", line)
	}
	return d.close()
}

type timeDrawing struct {
	picture
	t    *timeline
	s    scope
	n    *names
	axis axis
	most money.Amount
}

func (d *timeDrawing) policy() string { return d.s.policyNames() }

func (d *timeDrawing) title() string {
	return fmt.Sprintf("When the stolen %s moved: %s, by %s", d.s.asset().Name(), d.s.subject(), d.policy())
}

func (d *timeDrawing) subtitle() string {
	if d.t.from.IsZero() {
		return "Times " + notKnown + "."
	}
	return fmt.Sprintf("%s to %s. Each lane has its own scale: its full height is the most that stood there.", instant(d.t.from), instant(d.t.until))
}

func (d *timeDrawing) desc() string {
	if len(d.t.stack) == 0 {
		return "No movement has a known time."
	}
	a, last := d.s.asset(), d.t.stack[len(d.t.stack)-1]
	return fmt.Sprintf("From %s to %s, by the convention %s: %s reached services, %s ended otherwise, %s stood on accounts at the end.",
		instant(d.t.from), instant(d.t.until), d.policy(), a.Format(last.exits), a.Format(last.other), a.Format(last.left))
}

// scaled is part of a height for an amount on a scale.
func scaled(high int, a, most money.Amount) int {
	if most.IsZero() {
		return 0
	}
	q, _ := a.Min(most).MulDiv(money.Units(uint64(high)), most)
	_, lo := q.Words()
	return int(lo)
}

// overview stacks what had ended and what was left over time.
func (d *timeDrawing) overview() {
	var most money.Amount
	for _, l := range d.t.stack {
		if sum := l.exits.Add(l.other).Add(l.left); most.Less(sum) {
			most = sum
		}
	}
	a := d.s.asset()
	d.text(picLeft, stackTop+12*px, "", "Where it stood")
	d.text(picLeft, stackTop+28*px, "c", "full height "+glance(a, most)+" "+middle(clean(a.Name()), 12))
	base := stackTop + stackHigh
	layers := []struct {
		class, label string
		of           func(level) (from, to money.Amount)
	}{
		{"k-exit", "reached services", func(l level) (money.Amount, money.Amount) { return money.Zero, l.exits }},
		{"k-fee", "converted, fees, other ends", func(l level) (money.Amount, money.Amount) { return l.exits, l.exits.Add(l.other) }},
		{"k-held", "on accounts", func(l level) (money.Amount, money.Amount) {
			return l.exits.Add(l.other), l.exits.Add(l.other).Add(l.left)
		}},
	}
	for i, layer := range layers {
		var upper, lower []step
		for _, l := range d.t.stack {
			from, to := layer.of(l)
			lower, upper = append(lower, step{l.at, from}), append(upper, step{l.at, to})
		}
		d.area(lower, upper, base, stackHigh, most, layer.class, layer.label)
		y := stackTop + (44+(2-i)*18)*px
		d.rect(picLeft, y, 12*px, 12*px, "bar "+layer.class, "")
		d.text(picLeft+17*px, y+10*px, "c", layer.label)
	}
	last := d.t.stack[len(d.t.stack)-1]
	x := timeLeft + timeWidth + 8*px
	d.text(x, stackTop+12*px, "c", "at the end")
	for i, n := range []money.Amount{last.left, last.other, last.exits} {
		y := stackTop + (34+i*18)*px
		d.rect(x, y, 12*px, 12*px, "bar "+layers[2-i].class, layers[2-i].label)
		d.text(x+17*px, y+10*px, "c", glance(a, n)+" "+middle(clean(a.Name()), 12))
	}
}

// area fills what lies between two series of steps. The last step runs on to the
// end of the axis.
func (d *timeDrawing) area(lower, upper []step, base, high int, most money.Amount, class, title string) {
	if len(upper) == 0 {
		return
	}
	var b strings.Builder
	upper, lower = d.thin(upper), d.thin(lower)
	y := func(a money.Amount) string { return at(base - scaled(high, a, most)) }
	fmt.Fprintf(&b, "M%s %s", at(d.axis.x(upper[0].at)), at(base-scaled(high, firstOf(lower), most)))
	for _, s := range upper {
		fmt.Fprintf(&b, "H%sV%s", at(d.axis.x(s.at)), y(s.amount))
	}
	fmt.Fprintf(&b, "H%s", at(timeLeft+timeWidth))
	if lower == nil {
		fmt.Fprintf(&b, "V%sZ", at(base))
	} else {
		for i := len(lower) - 1; i >= 0; i-- {
			fmt.Fprintf(&b, "V%sH%s", y(lower[i].amount), at(d.axis.x(lower[i].at)))
		}
		b.WriteString("Z")
	}
	fmt.Fprintf(&d.b, `<path class="area %s" d="%s"><title>%s</title></path>`+"\n", class, b.String(), esc(title))
}

// thin keeps of the steps that fall within half a pixel only the highest and the
// last.
func (d *timeDrawing) thin(steps []step) []step {
	var out []step
	half := func(s step) int { return d.axis.x(s.at) / (px / 2) }
	for _, s := range steps {
		n := len(out)
		switch {
		case n < 2 || half(s) != half(out[n-1]):
			out = append(out, s)
		case half(out[n-2]) != half(s) && s.amount.Less(out[n-1].amount):
			out = append(out, s) // the one before is the highest so far
		case half(out[n-2]) == half(s) && out[n-2].amount.Less(s.amount):
			out[n-2], out = s, out[:n-1]
		default:
			out[n-1] = s
		}
	}
	return out
}

func firstOf(s []step) money.Amount {
	if len(s) == 0 {
		return money.Zero
	}
	return s[0].amount
}

// grid draws the ticks of time behind the lanes.
func (d *timeDrawing) grid(bottom int) {
	ticks, form := d.axis.ticks(timeTicks)
	if len(ticks) == 0 {
		ticks, form = []time.Time{d.t.from}, "2006-01-02 15:04"
	}
	free, margin := 0, tickChar*len(form) // where the next label may begin, half its width
	for _, t := range ticks {
		x := d.axis.x(t)
		d.line(x, stackTop, x, stackTop+stackHigh, "grid")
		d.line(x, lanesTop-8*px, x, bottom-8*px, "grid")
		class, begin := "c mid", x-margin
		if x < timeLeft+margin {
			class, begin = "c", x
		} else if x > timeLeft+timeWidth-margin {
			class, begin = "c e", x-2*margin
		}
		if begin >= free {
			d.text(x, stackTop+stackHigh+16*px, class, t.Format(form))
			free = begin + 2*margin + 6*px
		}
	}
	if form == "01-02 15:04" || form == "01-02 15:04:05" {
		d.text(picLeft, stackTop+stackHigh+16*px, "c", "UTC, "+d.t.from.Format("2006"))
	} else {
		d.text(picLeft, stackTop+stackHigh+16*px, "c", "UTC")
	}
}

// lanes draws the places one below the other.
func (d *timeDrawing) lanes() {
	a := d.s.asset()
	head := lanesTop - 18*px
	d.text(picLeft, head, "c", "place, with what it gets by "+middle(d.policy(), 18))
	if !d.most.IsZero() {
		d.text(laneGauge, head-13*px, "c", "bracket: at least L, at most U")
		d.text(laneGauge, head, "c", "0")
		d.text(laneGauge+gaugeWidth, head, "c e", glance(a, d.most)+" "+middle(clean(a.Name()), 12))
	}
	for i, l := range d.t.lanes {
		y := lanesTop + i*lanePitch
		class := "m"
		if l.place == nil || l.place.Named {
			class = ""
		}
		d.text(picLeft, y+12*px, class, d.n.label(l.label, 36))
		line := fmt.Sprintf("%s %s · %s", glance(a, l.final), middle(clean(a.Name()), 12), d.s.share(d.s.policy, l.final))
		if l.place != nil {
			line = groupOf(l.kind).One + " · " + line
		}
		d.text(picLeft, y+26*px, "c", line)
		d.line(timeLeft, y+laneHigh, timeLeft+timeWidth, y+laneHigh, "track")
		d.area(nil, l.steps, y+laneHigh, laneHigh, l.top, kindClass(l.kind), fmt.Sprintf("%s, at most %s at one time", l.label, a.Format(l.top)))
		d.text(timeLeft+timeWidth-4*px, y-2*px, "c e halo", d.laneTop(l))
		if l.place == nil {
			d.text(laneGauge, y+18*px, "c", "bounds of places do not add")
			continue
		}
		b := boundOf(d.s.figures(l.place))
		d.gauge(laneGauge, y+9*px, gaugeWidth, b, l.final, d.most, fmt.Sprintf("at least %s, at most %s", a.Format(b.L), a.Format(b.U)))
		d.text(laneGauge, y+26*px, "c", span(a, b))
	}
}

// laneTop says what the full height of a lane is, where it is not what stands
// there at the end.
func (d *timeDrawing) laneTop(l lane) string {
	if len(l.steps) == 0 {
		if l.final.IsZero() {
			return ""
		}
		return "times " + notKnown
	}
	if l.top == l.final {
		return ""
	}
	return "top " + glance(d.s.asset(), l.top)
}

func (d *timeDrawing) notes() []string {
	var out []string
	a := d.s.asset()
	if d.t.undated > 0 {
		out = append(out, fmt.Sprintf("%s without a known time: at the left edge.", plural(d.t.undated, "seed", "seeds")))
	}
	if d.t.unknown > 0 {
		out = append(out, fmt.Sprintf("Not drawn: %s (%s) to or from these places, whose times are not known.", plural(d.t.unknown, "movement", "movements"), a.Format(d.t.unknownSum)))
	}
	if fees := d.s.totals.ByPolicy[d.s.policy].Fees; !fees.IsZero() {
		out = append(out, fmt.Sprintf("Fees (%s) have no lane.", a.Format(fees)))
	}
	for _, l := range d.t.lanes {
		if strings.HasPrefix(d.n.label(l.label, 36), alike) {
			out = append(out, alike+" marks an address that another address of this trail looks like.")
			break
		}
	}
	if !d.s.t.Policies[d.s.policy].Conserves() {
		out = append(out, d.policy()+" does not conserve: heights show reach, not amounts.")
	}
	return out
}
