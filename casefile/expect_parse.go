package casefile

import (
	"regexp"
	"time"
)

var forms map[string]form

// The table refers to functions that refer to it through Expect's reader, so it
// is filled at start.
func init() {
	forms = map[string]form{
		"rows": {[]string{"where!", "count", "senders", "receivers", "times", "days", "assets", "unknown_assets", "new_receivers", "sum", "smallest", "largest",
			"first", "last", "span", "share_of", "share", "receivers_starting"}, readRows},
		"by_day":           {[]string{"where!", "rows!"}, readByTime(true)},
		"by_time":          {[]string{"where!", "rows!"}, readByTime(false)},
		"shape":            {[]string{"where!", "shape!"}, readShape},
		"repeat_receivers": {[]string{"where!", "by!", "count", "accounts"}, readRepeat},
		"common_receivers": {[]string{"where", "senders!", "count", "accounts"}, readCommon},
		"dormancy":         {[]string{"in!", "out!", "accounts", "still", "min_days", "max_days"}, readDormancy},
		"sum_difference":   {[]string{"more!", "less!", "difference!", "within"}, readSumDifference},
		"claim":            {[]string{"who!", "figure!", "where!", "within", "verdict!", "difference"}, readClaim},
		"tagged":           {[]string{"where!", "side!", "label", "concept", "count", "of"}, readTagged},
		"note":             {nil, readNote},
		"place":            {[]string{"place", "group", "theft", "asset", "amounts!", "within"}, readPlace},
		"bound":            {[]string{"place", "group", "theft", "asset", "lower", "upper", "within"}, readBound},
		"spread":           {[]string{"theft", "group", "asset", "policies!", "percent!", "over!"}, readSpread},
		"totals":           {append([]string{"theft", "asset!", "policy", "within"}, totalParts...), readTotals},
		"untouched":        {[]string{"assets", "accounts", "ledger"}, readUntouched},
		"unobserved":       {[]string{"asset!", "label", "accounts", "count", "sum", "min", "max", "within"}, readUnobserved},
	}
}

var totalParts = []string{"seeded", "exits", "held", "edge", "fees", "burnt", "debts", "converted", "converted_in", "elsewhere"}

// selection reads a filter that may be absent: then it selects all.
func (o *object) selection(key string) Where {
	if w := o.where(key); w != nil {
		return *w
	}
	return Where{Line: o.line}
}

// stated fails when a check compares nothing.
func (o *object) stated(keys ...string) {
	if len(o.any(keys...)) == 0 {
		o.r.fail(o.line, nearest("", keys), "%s states nothing to compare", o.what)
	}
}

func readRows(o *object) Test {
	t := Rows{Where: o.selection("where"), Count: o.number("count"), Senders: o.number("senders"), Receivers: o.number("receivers"), Times: o.number("times"), Days: o.number("days"),
		Assets: o.number("assets"), Unknown: o.number("unknown_assets"), NewReceivers: o.number("new_receivers"),
		Sum: o.amount("sum"), Smallest: o.amount("smallest"), Largest: o.amount("largest"), First: o.when("first"), Last: o.when("last"), Share: o.percent("share").Text}
	t.ShareOf = o.where("share_of")
	if o.has("share") != o.has("share_of") {
		o.r.fail(o.line, "the sum of where in percent of the sum of share_of", "share and share_of go together")
	}
	if o.has("span") {
		w := o.word("span")
		d, err := time.ParseDuration(w.Text)
		if err != nil || d < 0 {
			o.r.fail(w.Line, "write it as 2h13m15s", "span is %q and must be a duration", w.Text)
		}
		t.Span = d
	} else {
		t.Span = -1
	}
	for _, p := range o.pairs("receivers_starting") {
		one := &object{r: o.r, what: "receivers_starting", line: p.key.Line, value: nodes{"count": p.value}}
		t.Prefixes = append(t.Prefixes, PrefixCount{p.key.Text, one.number("count")})
	}
	o.stated("count", "senders", "receivers", "times", "days", "assets", "unknown_assets", "new_receivers", "sum", "smallest", "largest", "first", "last", "span", "share", "receivers_starting")
	return t
}

func readByTime(day bool) func(*object) Test {
	return func(o *object) Test {
		t := ByTime{Where: o.selection("where"), Day: day}
		for _, n := range o.list("rows") {
			row := o.r.object(n, "a row", "at!", "count", "sum", "smallest", "largest")
			t.Rows = append(t.Rows, TimeRow{row.when("at"), row.number("count"), row.amount("sum"), row.amount("smallest"), row.amount("largest")})
			row.stated("count", "sum", "smallest", "largest")
		}
		return t
	}
}

func readShape(o *object) Test {
	return Shape{o.selection("where"), o.choice("shape", "one-to-one", "fan-out", "consolidation", "mixed")}
}

func readRepeat(o *object) Test {
	t := RepeatReceivers{Where: o.selection("where"), BySenders: o.choice("by", "rows", "senders") == "senders", Count: o.number("count"), Accounts: o.accounts("accounts")}
	o.stated("count", "accounts")
	return t
}

func readCommon(o *object) Test {
	t := CommonReceivers{Where: o.selection("where"), Senders: o.accounts("senders"), Count: o.number("count"), Accounts: o.accounts("accounts")}
	o.stated("count", "accounts")
	return t
}

func readDormancy(o *object) Test {
	t := Dormancy{In: o.selection("in"), Out: o.selection("out"), Accounts: o.number("accounts"), Still: o.number("still"), MinDays: o.number("min_days"), MaxDays: o.number("max_days")}
	o.stated("accounts", "still", "min_days", "max_days")
	return t
}

func readSumDifference(o *object) Test {
	t := SumDifference{More: o.selection("more"), Less: o.selection("less"), Within: o.amount("within")}
	t.Difference = o.amount("difference")
	return t
}

func readClaim(o *object) Test {
	t := Claim{Who: o.text("who"), Where: o.selection("where"), Within: o.amount("within"), Verdict: o.choice("verdict", "agrees", "contradicted", "not explained"), Difference: o.amount("difference")}
	if f := o.amount("figure"); f != nil {
		t.Figure = *f
	}
	if !o.has("source") {
		o.r.fail(o.line, "say where the figure was read", "a claim needs the key %q", "source")
	}
	return t
}

func readTagged(o *object) Test {
	t := Tagged{Where: o.selection("where"), Senders: o.choice("side", "senders", "receivers") == "senders", Label: o.text("label"), Concept: o.text("concept"), Count: o.number("count"), Of: o.number("of")}
	o.one("label", "concept")
	o.stated("count", "of")
	return t
}

func readNote(o *object) Test {
	if !o.has("text") {
		o.r.fail(o.line, "write the statement", "a note needs the key %q", "text")
	}
	return Note{}
}

func (o *object) target() Target {
	t := Target{Place: o.text("place"), Group: o.group(), Theft: o.theft(), Asset: o.asset("asset")}
	o.one("place", "group")
	return t
}

func readPlace(o *object) Test {
	t := Place{Target: o.target(), Within: o.amount("within")}
	for _, p := range o.pairs("amounts") {
		if a := o.r.amount(p.value, p.key.Text); a != nil {
			t.Amounts = append(t.Amounts, PolicyAmount{p.key, *a})
		}
	}
	return t
}

func readBound(o *object) Test {
	t := Bound{Target: o.target(), Lower: o.amount("lower"), Upper: o.amount("upper"), Within: o.amount("within")}
	o.stated("lower", "upper")
	return t
}

func readSpread(o *object) Test {
	return Spread{Theft: o.theft(), Group: o.group(), Asset: o.asset("asset"), Policies: o.words("policies"), Percent: o.percent("percent"), Total: o.choice("over", "places", "total") == "total"}
}

func readTotals(o *object) Test {
	t := Totals{Theft: o.theft(), Asset: o.asset("asset"), Policy: o.word("policy"), Within: o.amount("within")}
	for _, part := range totalParts {
		if a := o.amount(part); a != nil {
			t.Parts = append(t.Parts, PartAmount{part, *a})
		}
	}
	o.stated(totalParts...)
	return t
}

func readUntouched(o *object) Test {
	t := Untouched{Assets: o.assets("assets"), Accounts: o.accounts("accounts"), Ledger: o.ledger("ledger")}
	o.stated("assets", "accounts")
	return t
}

func readUnobserved(o *object) Test {
	t := Unobserved{Asset: o.asset("asset"), Label: o.text("label"), Accounts: o.accounts("accounts"), Count: o.number("count"), Sum: o.amount("sum"), Min: o.amount("min"), Max: o.amount("max"), Within: o.amount("within")}
	o.stated("count", "sum", "min", "max")
	return t
}

var percentText = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{1,6})?$`)

// percent reads a share as a decimal number.
func (o *object) percent(key string) Word {
	w := o.word(key)
	if o.has(key) && !percentText.MatchString(w.Text) {
		o.r.fail(w.Line, "write it as 0.001", "%s is %q and must be a number of percent", key, w.Text)
	}
	return w
}
