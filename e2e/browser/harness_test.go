package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// served is the program, built and listening, and the browser beside it.
var served struct {
	*server
	binary  string // the program
	dir     string // for files of this run
	browser context.Context
	axe     string // the source of axe-core; "": not there
}

func TestMain(m *testing.M) {
	chromium := os.Getenv("COLDTRAIL_CHROMIUM")
	if chromium == "" {
		fmt.Println("SKIPPED: COLDTRAIL_CHROMIUM names no browser; the page was not looked at")
		os.Exit(0)
	}
	dir, err := os.MkdirTemp("", "coldtrail-browser")
	if err != nil {
		panic(err)
	}
	if err := build(dir); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.UserDataDir(filepath.Join(dir, "profile")),
		chromedp.Flag("enable-unsafe-swiftshader", true))
	alloc, end := chromedp.NewExecAllocator(context.Background(), options...)
	browser, closeBrowser := chromedp.NewContext(alloc)
	if _, err := chromedp.Run(browser, chromedp.Title()); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	served.browser = browser
	if path := os.Getenv("COLDTRAIL_AXE"); path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		served.axe = string(text)
	}
	code := m.Run()
	closeBrowser()
	end()
	served.stop()
	os.RemoveAll(dir)
	os.Exit(code)
}

// tab is one page in the browser, watched: what it asks of other hosts, what the
// policy refuses, and what fails in its scripts is a fault of the test.
type tab struct {
	testing.TB
	ctx  context.Context
	base string // of the server that it reads

	mu     sync.Mutex
	faults []string
	allow  []*regexp.Regexp // faults that the journey is about
}

// patience is how long a journey may take, and wait how long one step of it: the
// machine may be busy with other things.
const (
	patience = 4 * time.Minute
	wait     = 30 * time.Second
)

// look says how a tab is seen.
type look struct {
	width, height int64
	dark          bool
}

var (
	desk  = look{1440, 900, false}
	night = look{1440, 900, true}
	phone = look{390, 844, false}
)

// open opens a path of the page in a new tab.
func open(t testing.TB, path string, l look) *tab {
	t.Helper()
	b := empty(t, served.server, l)
	b.visit(path)
	return b
}

// empty is a new tab, watched, in a window of its own: hidden tabs draw nothing.
func empty(t testing.TB, from *server, l look) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(served.browser, chromedp.WithNewWindow(true))
	ctx, stop := context.WithTimeout(ctx, patience)
	b := &tab{TB: t, ctx: ctx, base: from.base}
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	if err := errors.Join(
		chromedp.Listen(ctx, b.watch),
		called(ctx, network.Enable, network.EnableParams{}), called(ctx, log.Enable, cdp.Empty{}), called(ctx, runtime.Enable, cdp.Empty{}),
		called(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: l.width, Height: l.height, DeviceScaleFactor: 1, Mobile: l.width < 500}),
		called(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}),
		called(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}),
	); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.mu.Lock()
		for _, f := range b.faults {
			t.Error(f)
		}
		b.mu.Unlock()
		if t.Failed() {
			b.picture()
		}
		stop()
		cancel()
	})
	return b
}

func called[P, R any](ctx context.Context, c cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(ctx, c, params)
	return err
}

func (b *tab) watch(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if u := e.Request.URL; !strings.HasPrefix(u, b.base+"/") && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "blob:") {
			b.fault("asks elsewhere: " + u)
		}
	case *runtime.EventExceptionThrown:
		b.fault("exception: " + e.ExceptionDetails.Text + " " + described(e.ExceptionDetails.Exception))
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			b.fault("log: " + e.Entry.Text + " " + e.Entry.URL)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			var words []string
			for _, a := range e.Args {
				words = append(words, described(a))
			}
			b.fault("console: " + strings.Join(words, " "))
		}
	}
}

func described(o *runtime.RemoteObject) string {
	if o == nil {
		return ""
	}
	return fmt.Sprint(string(o.Value), o.Description)
}

func (b *tab) fault(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, a := range b.allow {
		if a.MatchString(text) {
			return
		}
	}
	b.faults = append(b.faults, text)
}

// expects says that a fault belongs to the journey.
func (b *tab) expects(pattern string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.allow = append(b.allow, regexp.MustCompile(pattern))
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

func (b *tab) visit(path string) {
	b.Helper()
	b.do(chromedp.Navigate(b.base + path))
	b.until("a heading", `document.querySelector("main h1")`)
}

// leads opens an address as it stands, which may be no page of ours.
func (b *tab) leads(path string) {
	b.Helper()
	b.do(chromedp.Navigate(b.base + path))
}

// eval runs a script of the test in the page, and waits for a promise.
func eval[T any](b *tab, script string) T {
	b.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("%v: %.300s", err, script)
	}
	return v
}

// sees waits until a text stands in an element that is shown.
func (b *tab) sees(selector, text string) {
	b.Helper()
	b.until(fmt.Sprintf("%s in %s", text, selector), fmt.Sprintf(`[...document.querySelectorAll(%s)].some((e) => e.checkVisibility() && (e.innerText ?? e.textContent).replace(/\s+/g, " ").includes(%s))`, quote(selector), quote(text)))
}

// gone waits until no shown element holds a text.
func (b *tab) gone(selector, text string) {
	b.Helper()
	b.until("no "+text, fmt.Sprintf(`![...document.querySelectorAll(%s)].some((e) => e.checkVisibility() && (e.innerText ?? e.textContent).includes(%s))`, quote(selector), quote(text)))
}

// until waits for a condition of the page.
func (b *tab) until(what, condition string) {
	b.Helper()
	for end := time.Now().Add(wait); ; time.Sleep(50 * time.Millisecond) {
		if eval[bool](b, "Boolean("+condition+")") {
			return
		}
		if time.Now().After(end) {
			b.Fatalf("not seen in time: %s\nthe page says:\n%s", what, eval[string](b, `document.querySelector("main").innerText.slice(0, 700)`))
		}
	}
}

// press clicks the first shown element of a selector whose text, or label, holds the
// words.
func (b *tab) press(selector, words string) {
	b.Helper()
	q, w := quote(selector), quote(words)
	find := fmt.Sprintf(`[...document.querySelectorAll(%s)].find((e) => e.checkVisibility() && ((e.innerText ?? e.textContent) + " " + (e.getAttribute("aria-label") ?? "")).replace(/\s+/g, " ").includes(%s))`, q, w)
	b.until(words+" to press in "+selector, find)
	eval[bool](b, fmt.Sprintf(`(() => { const e = %s; e.scrollIntoView({ block: "center" }); e.focus?.(); e.click ? e.click() : e.dispatchEvent(new MouseEvent("click", { bubbles: true })); return true; })()`, find))
}

// choose picks an option of a select.
func (b *tab) choose(selector, value string) {
	b.Helper()
	q, v := quote(selector), quote(value)
	b.until(value+" to choose in "+selector, fmt.Sprintf(`[...(document.querySelector(%s)?.options ?? [])].some((o) => o.value === %s)`, q, v))
	eval[bool](b, fmt.Sprintf(`(() => { const e = document.querySelector(%s); e.value = %s; e.dispatchEvent(new Event("change", { bubbles: true })); return true; })()`, q, v))
}

// write puts a text into a field, as typing or pasting would.
func (b *tab) write(selector, text string) {
	b.Helper()
	q, v := quote(selector), quote(text)
	b.until(selector, fmt.Sprintf(`document.querySelector(%s)`, q))
	eval[bool](b, fmt.Sprintf(`(() => { const e = document.querySelector(%s); e.focus(); e.value = %s; e.dispatchEvent(new Event("input", { bubbles: true })); e.dispatchEvent(new Event("change", { bubbles: true })); return true; })()`, q, v))
}

// url is where the tab is.
func (b *tab) url() string {
	return eval[string](b, "location.pathname + location.search + location.hash")
}

// settled waits until nothing is on its way.
func (b *tab) settled() {
	b.Helper()
	b.until("nothing busy", `!document.querySelector(".busy, [aria-busy=true], .stale")`)
}

// picture keeps what was seen, where COLDTRAIL_SHOTS names a folder.
func (b *tab) picture() {
	dir := os.Getenv("COLDTRAIL_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, strings.NewReplacer("/", "-", " ", "-").Replace(b.Name())+".png"), png, 0o644)
	}
	if err != nil {
		b.Logf("no picture kept: %v", err)
	}
}

// accessible runs axe-core: a finding of weight serious or critical is an error.
func (b *tab) accessible() {
	b.Helper()
	if served.axe == "" {
		b.Log("SKIPPED: COLDTRAIL_AXE names no axe-core")
		return
	}
	eval[bool](b, served.axe+";true")
	found := eval[[]struct {
		ID, Impact, Help string
		Nodes            []struct {
			Target         any
			HTML           string
			FailureSummary string
		}
	}](b, `axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations)`)
	for _, f := range found {
		if f.Impact != "serious" && f.Impact != "critical" {
			continue
		}
		for i, n := range f.Nodes {
			if i == 4 {
				b.Errorf("axe, %s: %d more", f.ID, len(f.Nodes)-4)
				break
			}
			b.Errorf("axe, %s: %s (%s): %v\n  %s\n  %s", f.Impact, f.Help, f.ID, n.Target, n.HTML, n.FailureSummary)
		}
	}
}
