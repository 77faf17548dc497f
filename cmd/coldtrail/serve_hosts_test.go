package main

import (
	"net"
	"slices"
	"testing"
)

// TestPageHosts: readers reach the page by the address that they were told, and no
// name of somebody else's does.
func TestPageHosts(t *testing.T) {
	own := "127.0.0.1"
	if all := ownAddresses(); len(all) > 0 {
		own = all[0]
	}
	for _, c := range []struct {
		at, listen string
		more       []string
		host       string
		want       bool
	}{
		{"127.0.0.1:8788", "127.0.0.1:8788", nil, "localhost:8788", true},
		{"127.0.0.1:8788", "127.0.0.1:8788", nil, "[::1]:8788", true},
		{"127.0.0.1:8788", "127.0.0.1:8788", nil, "localhost", false},
		{"127.0.0.1:8788", "127.0.0.1:8788", nil, "0.0.0.0:8788", false},
		{"127.0.0.1:8788", "127.0.0.1:8788", nil, "attacker.example:8788", false},
		{"127.0.0.1:80", "127.0.0.1:80", nil, "localhost", true},
		{"127.0.0.1:80", "127.0.0.1:80", nil, "[::1]", true},
		{"192.168.1.5:9000", "Desk.home:9000", nil, "desk.home:9000", true},
		{"192.168.1.5:9000", "Desk.home:9000", nil, "192.168.1.5:9000", true},
		{"192.168.1.5:9000", "192.168.1.5:9000", nil, "desk.home:9000", false},
		{"192.168.1.5:9000", "192.168.1.5:9000", []string{"Desk.home:9000"}, "desk.home:9000", true},
		{"[::]:9000", ":9000", nil, net.JoinHostPort(own, "9000"), true},
		{"[::]:9000", ":9000", nil, "192.0.2.7:9000", false},
		{"[::]:9000", ":9000", nil, ":9000", false},
	} {
		at, err := net.ResolveTCPAddr("tcp", c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.Contains(pageHosts(at, c.listen, c.more), c.host); got != c.want {
			t.Errorf("listening on %s (%s): host %s: %v, want %v", c.listen, c.at, c.host, got, c.want)
		}
	}
}
