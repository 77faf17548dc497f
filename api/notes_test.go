package api

import (
	"fmt"
	"testing"
)

// TestNotesMakeRoom: notes that were taken away leave room for others, and whoever
// still has an old version of them learns that.
func TestNotesMakeRoom(t *testing.T) {
	n, err := newNotes("")
	if err != nil {
		t.Fatal(err)
	}
	one := []Note{{ID: "a"}}
	for i := range notedTrails {
		if _, err := n.put(fmt.Sprint("t", i), `"0"`, one); err != nil {
			t.Fatal(i, err)
		}
	}
	if _, err := n.put("more", `"0"`, one); err == nil {
		t.Error("there is no limit")
	}
	if _, err := n.put("t7", `"1"`, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := n.put("more", `"0"`, one); err != nil {
		t.Errorf("after one was taken away: %v", err)
	}
	if _, err := n.put("t8", `"1"`, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := n.put("t7", `"1"`, one); err == nil {
		t.Error("an old version of t7 got through")
	}
	if x, err := n.put("t7", `"0"`, one); err != nil || x.Version <= 2 {
		t.Errorf("t7 anew: %+v, %v", x, err)
	}
	if len(n.by) > notedTrails {
		t.Errorf("%d are kept", len(n.by))
	}
}

// TestNotesMatch: a change names the version that it is based on, alone or in a list,
// strong or weak, compressed or not; no other gets through.
func TestNotesMatch(t *testing.T) {
	now := Notes{Trail: "t", Version: 12}
	for match, ok := range map[string]bool{
		"12": true, `"12"`: true, `"v12"`: true, `W/"v12"`: true, `"v12-gz"`: true, "*": true, `"v3", "v12-gz"`: true, `"3","12"`: true,
		"": false, " ": false, `""`: false, `"1"`: false, `"v1", "v2"`: false, `"v12-gz-gz"`: false, `"vv12"`: false, `"012"`: false, `"1,2"`: false, "12-12": false,
	} {
		if err := agrees(now, match); (err == nil) != ok {
			t.Errorf("If-Match %s: %v", match, err)
		}
	}
}
