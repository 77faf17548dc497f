package api

import "testing"

// BenchmarkAnswers measures requests to a trail that is kept, guards, digests and all,
// without a network.
func BenchmarkAnswers(b *testing.B) {
	s, err := New(Options{Tool: "coldtrail devel"})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for _, path := range []string{"/about", "/trails/bybit-2025", "/trails/bybit-2025/places?sort=amount", "/trails/bybit-2025/flows", "/trails/bybit-2025/picture", "/trails/bybit-2025/graph"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				if w := ask(s, "GET", Prefix+path, "", "Accept-Encoding: gzip"); w.Code != 200 {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}
