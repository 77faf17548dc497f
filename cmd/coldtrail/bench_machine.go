package main

import (
	"bufio"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// machine is where a benchmark ran. What the system does not tell is empty.
type machine struct {
	Processor string `json:"processor"`
	Cores     int    `json:"cores"`
	Memory    int64  `json:"memory_bytes"`
	Load      string `json:"load"` // averages of 1, 5 and 15 minutes
	Go        string `json:"go"`
	Platform  string `json:"platform"`
}

func thisMachine() machine {
	m := machine{Cores: runtime.GOMAXPROCS(0), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	m.Processor = procLine("/proc/cpuinfo", "model name")
	if n, err := strconv.ParseInt(strings.TrimSuffix(procLine("/proc/meminfo", "MemTotal"), " kB"), 10, 64); err == nil {
		m.Memory = n << 10
	}
	m.Load = loadNow()
	return m
}

// loadNow is the load of the machine, as Linux says it.
func loadNow() string {
	b, err := os.ReadFile("/proc/loadavg")
	if f := strings.Fields(string(b)); err == nil && len(f) >= 3 {
		return strings.Join(f[:3], " ")
	}
	return ""
}

// procLine is the value of the first "name : value" of a file of Linux, or "".
func procLine(file, name string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if k, v, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(k) == name {
			return strings.TrimSpace(v)
		}
	}
	return ""
}
