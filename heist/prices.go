package heist

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed" // the price files
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sort"
	"sync"
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/coldtrail/coldtrail/money"
)

// ErrNoPrice marks a price that the pinned set does not have.
var ErrNoPrice = errors.New("no pinned price")

// PriceSet names the pinned prices in policies and results.
const PriceSet = "embedded"

// MaxStale is how many days old a price may be: the longest run of days without
// an ECB rate is the Easter and Christmas holidays.
const MaxStale = 5

var (
	//go:embed prices/ecb.csv.gz
	ecbFile []byte
	//go:embed prices/btc.csv.gz
	btcFile []byte
	//go:embed prices/fixed.csv
	fixedFile []byte
)

// The hashes of the price files, as shipped (prices/README.md).
const (
	ecbSHA256 = "27e4f8a97669164afe1aad8217fc32c3da90f3d9df87a82df5d2827de64355de"
	btcSHA256 = "75b02baec15cf385a3459aa058b8d98fa4daea57fd1aa148786df391fbbb5e15"
)

// Price is what one whole unit of an asset is worth in US dollars, and on whose
// word.
type Price struct {
	ID       string // "ecb:JPY:2018-01-26", "btc:2016-08-02", or an id of fixed.csv
	Asset    string
	Day      time.Time // the day the price is of
	Stale    int       // days between that and the day asked for
	USD      *apd.Decimal
	Method   string // official, close, unstated
	Provider string
	SHA256   string // of the file it stands in
}

// Prices is a pinned set of prices. It is not changed after loading.
type Prices struct {
	columns map[string]int // of ecb
	ecb     []priceRow     // by day
	btc     []priceRow     // by day
	fixed   map[string]Price
}

type priceRow struct {
	day   string // 2006-01-02
	cells []string
}

// context has more digits than any price or amount needs; rounding happens once,
// to cents, half to even.
var context = func() *apd.Context {
	c := apd.BaseContext.WithPrecision(60)
	c.Rounding = apd.RoundHalfEven
	return c
}()

// EmbeddedPrices gives the pinned prices inside the binary, read once.
func EmbeddedPrices() (*Prices, error) { return embeddedPrices() }

var embeddedPrices = sync.OnceValues(func() (*Prices, error) {
	p := &Prices{columns: map[string]int{}, fixed: map[string]Price{}}
	head, rows, err := series("ecb.csv.gz", ecbFile, ecbSHA256)
	if err != nil {
		return nil, err
	}
	for i, name := range head[1:] {
		p.columns[name] = i
	}
	p.ecb = rows
	if _, p.btc, err = series("btc.csv.gz", btcFile, btcSHA256); err != nil {
		return nil, err
	}
	return p, p.readFixed()
})

// series reads a packed table of days, refusing bytes that are not the pinned ones.
func series(name string, packed []byte, want string) (head []string, rows []priceRow, err error) {
	sum := sha256.Sum256(packed)
	if got := hex.EncodeToString(sum[:]); got != want {
		return nil, nil, fmt.Errorf("prices/%s: sha256 is %s, pinned is %s", name, got, want)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, nil, fmt.Errorf("prices/%s: %w", name, err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		return nil, nil, fmt.Errorf("prices/%s: %w", name, err)
	}
	all, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil || len(all) < 2 {
		return nil, nil, fmt.Errorf("prices/%s: not a table: %w", name, err)
	}
	for _, r := range all[1:] {
		rows = append(rows, priceRow{r[0], r[1:]})
	}
	return all[0], rows, nil
}

func (p *Prices) readFixed() error {
	all, err := csv.NewReader(bytes.NewReader(fixedFile)).ReadAll()
	if err != nil {
		return fmt.Errorf("prices/fixed.csv: %w", err)
	}
	sum := sha256.Sum256(fixedFile)
	for _, r := range all[1:] {
		day, err := time.Parse(time.DateOnly, r[2])
		if err != nil {
			return fmt.Errorf("prices/fixed.csv: %s: %w", r[0], err)
		}
		usd, err := parseRate(r[3])
		if err != nil {
			return fmt.Errorf("prices/fixed.csv: %s: %w", r[0], err)
		}
		if r[4] != "USD" {
			cross, err := p.At(r[4], day)
			if err != nil {
				return fmt.Errorf("prices/fixed.csv: %s: %w", r[0], err)
			}
			if _, err := context.Mul(usd, usd, cross.USD); err != nil {
				return fmt.Errorf("prices/fixed.csv: %s: %w", r[0], err)
			}
		}
		p.fixed[r[0]] = Price{ID: r[0], Asset: r[1], Day: day, USD: usd, Method: r[5], Provider: r[6], SHA256: hex.EncodeToString(sum[:])}
	}
	return nil
}

func parseRate(text string) (*apd.Decimal, error) {
	d, _, err := apd.NewFromString(text)
	if err != nil {
		return nil, fmt.Errorf("rate %q: %w", text, err)
	}
	if d.Sign() <= 0 || d.Form != apd.Finite {
		return nil, fmt.Errorf("rate %q is not above zero", text)
	}
	return d, nil
}

// Fixed finds a single price by id.
func (p *Prices) Fixed(id string) (Price, error) {
	v, ok := p.fixed[id]
	if !ok {
		return Price{}, fmt.Errorf("%w: prices/fixed.csv has no id %q", ErrNoPrice, id)
	}
	return v, nil
}

// At gives the price of one unit of BTC or of a currency of the ECB's on a day:
// of that day or of the nearest earlier one at most MaxStale days back, never
// interpolated. Currencies cross through the euro of the same day. Errors wrap
// ErrNoPrice.
func (p *Prices) At(asset string, day time.Time) (Price, error) {
	day = dayOf(day)
	switch {
	case asset == "USD":
		return Price{ID: "usd", Asset: asset, Day: day, USD: apd.New(1, 0), Method: "unit"}, nil
	case asset == "BTC":
		return p.find(asset, "btc:", p.btc, day, func(r priceRow) (*apd.Decimal, error) { return parseRate(r.cells[0]) },
			Price{Method: "unstated", Provider: "graphsense-lib test data", SHA256: btcSHA256})
	case asset == "EUR":
		return p.find(asset, "ecb:EUR:", p.ecb, day, func(r priceRow) (*apd.Decimal, error) { return parseRate(r.cells[p.columns["USD"]]) },
			Price{Method: "official", Provider: "European Central Bank", SHA256: ecbSHA256})
	}
	col, ok := p.columns[asset]
	if !ok {
		return Price{}, fmt.Errorf("%w: of %s there is no series", ErrNoPrice, asset)
	}
	return p.find(asset, "ecb:"+asset+":", p.ecb, day, func(r priceRow) (*apd.Decimal, error) {
		if r.cells[col] == "" {
			return nil, nil
		}
		units, err := parseRate(r.cells[col])
		if err != nil {
			return nil, err
		}
		usd, err := parseRate(r.cells[p.columns["USD"]])
		if err != nil {
			return nil, err
		}
		_, err = context.Quo(usd, usd, units)
		return usd, err
	}, Price{Method: "official", Provider: "European Central Bank", SHA256: ecbSHA256})
}

// find walks back from the day asked for to the nearest row that has a value.
func (p *Prices) find(asset, prefix string, rows []priceRow, day time.Time, usd func(priceRow) (*apd.Decimal, error), v Price) (Price, error) {
	text := day.Format(time.DateOnly)
	at := sort.Search(len(rows), func(i int) bool { return rows[i].day > text }) - 1
	for ; at >= 0; at-- {
		of, err := time.Parse(time.DateOnly, rows[at].day)
		if err != nil {
			return Price{}, fmt.Errorf("prices: %w", err)
		}
		stale := int(day.Sub(of).Hours() / 24)
		if stale > MaxStale {
			break
		}
		rate, err := usd(rows[at])
		if err != nil {
			return Price{}, fmt.Errorf("prices: %s on %s: %w", asset, rows[at].day, err)
		}
		if rate != nil {
			v.ID, v.Asset, v.Day, v.Stale, v.USD = prefix+rows[at].day, asset, of, stale, rate
			return v, nil
		}
	}
	return Price{}, fmt.Errorf("%w: of %s on %s or the %d days before", ErrNoPrice, asset, text, MaxStale)
}

// Value gives an amount of an asset in US cents at a price, half to even.
func (a *Asset) Value(n money.Amount, at Price) (money.Amount, error) {
	var units, cents apd.Decimal
	units.Coeff.SetMathBigInt(n.Big())
	units.Exponent = int32(-a.decimals)
	if _, err := context.Mul(&cents, &units, at.USD); err != nil {
		return money.Zero, fmt.Errorf("%s %s: %w", n.Decimal(a.decimals), a.Code, err)
	}
	if _, err := context.Quantize(&cents, &cents, -2); err != nil {
		return money.Zero, fmt.Errorf("%s %s: %w", n.Decimal(a.decimals), a.Code, err)
	}
	return money.ParseDecimal(cents.Text('f'), 2)
}
