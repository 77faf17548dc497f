package browser

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Benchmarks of what a reader waits for: go test ./browser -run XXX -bench . -benchtime 5x.
// They report and assert nothing: the figures depend on the machine and its graphics.

// first notes when the flow picture was drawn: one frame after its bars are there.
const first = `new MutationObserver((_, o) => { if (document.querySelector(".flow .node .body[height]")) { o.disconnect(); requestAnimationFrame(() => setTimeout(() => { window.drawnAt = performance.now(); })); } }).observe(document, { subtree: true, childList: true, attributes: true });`

func setup(b *testing.B) {
	v, err := chromedp.Run(served.browser, chromedp.Evaluate[string](`(() => { const g = document.createElement("canvas").getContext("webgl"), i = g?.getExtension("WEBGL_debug_renderer_info"); return navigator.userAgent.match(/Chrom\S+/)[0] + ", " + (i ? g.getParameter(i.UNMASKED_RENDERER_WEBGL) : "no WebGL"); })()`))
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%s, %d cores, %s, loopback, 1440 x 900", v, runtime.NumCPU(), runtime.GOARCH)
}

// spread reports the middle, the 95th of 100 and the largest of times.
func spread(b *testing.B, times []float64, what string) {
	if len(times) == 0 {
		b.Fatal("nothing was measured")
	}
	slices.Sort(times)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(times[len(times)/2], "ms/"+what+"-p50")
	b.ReportMetric(times[min(len(times)-1, len(times)*95/100)], "ms/"+what+"-p95")
	b.ReportMetric(times[len(times)-1], "ms/"+what+"-max")
}

func BenchmarkFirstPicture(b *testing.B) {
	setup(b)
	x := empty(b, served.server, desk)
	if err := called(x.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: first}); err != nil {
		b.Fatal(err)
	}
	var times []float64
	for range b.N {
		x.do(chromedp.Navigate("about:blank"))
		time.Sleep(time.Second) // the window has opened, the page before is gone
		x.visit("/trail/bybit-2025")
		x.until("the picture", "window.drawnAt")
		times = append(times, eval[float64](x, "window.drawnAt"))
	}
	spread(b, times, "picture")
}

func BenchmarkPolicySwitch(b *testing.B) {
	setup(b)
	x := empty(b, served.server, desk)
	x.build("fan200.txt", fan(200))
	x.sees("main", "The places")
	x.leads(eval[string](x, "location.pathname") + "?limit=300&unfold=dust,peel,service")
	x.sees("main", "The places")
	x.until("200 bars", `document.querySelectorAll(".flow .node .body[height]").length > 200`)
	var times []float64
	heights := `[...document.querySelectorAll(".flow .node .body")].map((e) => e.getAttribute("height")).join()`
	for i := range b.N * 10 {
		before := eval[string](x, heights)
		times = append(times, eval[float64](x, fmt.Sprintf(`new Promise((ok) => { const from = performance.now(); document.querySelector(".seg input[value=%s]").click(); requestAnimationFrame(() => setTimeout(() => ok(performance.now() - from))); })`, []string{"haircut", "lifo", "fifo"}[i%3])))
		if eval[string](x, heights) == before {
			b.Fatal("a switch that was timed moved no bar")
		}
	}
	spread(b, times, "switch")
}

func BenchmarkPanning(b *testing.B) {
	setup(b)
	x := empty(b, served.server, desk)
	x.build("fan10000.txt", fan(10_000))
	x.sees("main", "The places")
	x.click(".seg input[value=graph]")
	x.until("the graph", `document.querySelector(".graph canvas")`)
	x.settled()
	// As most readers have it; the other tabs ask for less motion, and every step is drawn whole.
	if err := called(x.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "no-preference"}}}); err != nil {
		b.Fatal(err)
	}
	// A key moves what is seen: the names stand elsewhere after it.
	names := `document.querySelector(".graph canvas.sigma-labels").toDataURL()`
	before := eval[string](x, names)
	eval[bool](x, `document.querySelector(".graph").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }))`)
	x.until("another view", names+" !== "+quote(before))
	var times []float64
	for range b.N {
		times = append(times, eval[[]float64](x, `new Promise((ok) => {
			const at = document.querySelector(".graph"), out = [];
			let last = performance.now(), n = 0;
			requestAnimationFrame(function step(now) {
				if (n++ > 1) out.push(now - last);
				last = now;
				if (n > 62) return ok(out);
				at.dispatchEvent(new KeyboardEvent("keydown", { key: n % 20 < 10 ? "ArrowRight" : "ArrowLeft", bubbles: true }));
				requestAnimationFrame(step);
			});
		})`)...)
	}
	spread(b, times, "frame")
}
