package report

import (
	"strings"
	"testing"
)

func figures(rows ...[]string) *table {
	t := &table{head: []string{"place", "L", "U", "share", "fifo", "lifo", "haircut\n(reach only)", "tiho"}, alike: 4}
	for _, r := range rows {
		name := r[0]
		t.rows = append(t.rows, tableRow{cells: r, name: func(w int) string { return middle(name, w) }})
	}
	return t
}

func printed(t *table, width int) string {
	var b strings.Builder
	t.print(&b, width)
	return b.String()
}

func TestTableJoinsColumnsThatAgree(t *testing.T) {
	row := []string{"somewhere", "1", "9", "5%", "1,000,000", "1,000,000", "1,000,000", "1,000,000"}
	wide := printed(figures(row), 200)
	if n := strings.Count(wide, "1,000,000"); n != 4 {
		t.Errorf("a table with room joins nothing, but shows %d columns:\n%s", n, wide)
	}
	narrow := printed(figures(row), 52)
	if n := strings.Count(narrow, "1,000,000"); n != 2 {
		t.Errorf("fifo, lifo and tiho agree and are one column, what is only reached is another; got %d:\n%s", n, narrow)
	}
	for _, name := range []string{"fifo", "lifo", "tiho", "haircut"} {
		if !strings.Contains(narrow, name) {
			t.Errorf("the joined column lost the name %s:\n%s", name, narrow)
		}
	}
}

func TestTablePanels(t *testing.T) {
	a := []string{"a", "1", "9", "5%", "1,000,001", "1,000,002", "1,000,003", "1,000,004"}
	b := []string{"b", "1", "9", "5%", "1,000,005", "1,000,006", "1,000,007", "1,000,008"}
	tab := figures(a, b)
	tab.rows = append(tab.rows, tableRow{cells: []string{"a remark"}})
	out := printed(tab, 40)
	for _, r := range [][]string{a, b} {
		for _, c := range r[4:] {
			if strings.Count(out, c) != 1 {
				t.Errorf("%s stands %d times in the panels:\n%s", c, strings.Count(out, c), out)
			}
		}
	}
	if strings.Count(out, "a remark") != 1 {
		t.Errorf("a remark is no row and stands once:\n%s", out)
	}
	if strings.Count(out, "place") < 2 {
		t.Errorf("every panel repeats the names:\n%s", out)
	}
}

func TestTableNamesInFull(t *testing.T) {
	long := strings.Repeat("x", 60)
	tab := &table{head: []string{"place", "U"}, rows: []tableRow{
		{cells: []string{"", "12"}, name: func(int) string { return long }}, // may not be shortened
		{cells: []string{"", "7"}, name: func(w int) string { return middle("short", w) }},
	}}
	out := printed(tab, 40)
	if !strings.Contains(out, long+"\n") {
		t.Errorf("a name that may not be shortened stands on its own line:\n%s", out)
	}
	lines := strings.Split(strings.TrimRight(out, "\n"), "\n")
	if last, first := lines[len(lines)-1], lines[len(lines)-2]; len(first) != len(last) || !strings.HasSuffix(first, "12") || !strings.HasSuffix(last, " 7") {
		t.Errorf("figures stay in their column:\n%s", out)
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""}, {"one", "one"}, {"aaa bbb ccc", "aaa bbb\n> ccc"}, {"aaaaaaaaaaaaaaaaaa b", "aaaaaaaaaaaaaaaaaa\n> b"}, {"  a   b ", "a b"},
	} {
		if got := wrap(c.in, 10, "> "); got != c.want {
			t.Errorf("wrap(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestColumns(t *testing.T) {
	for in, want := range map[string]int{"abc": 3, "é": 1, "e\u0301": 1, "日本": 4, "≈0x": 3, "ＡＢ": 4} {
		if got := columns(in); got != want {
			t.Errorf("columns(%q) = %d, want %d", in, got, want)
		}
	}
}

func TestHeadLine(t *testing.T) {
	for k, want := range []string{"", "a", "b"} {
		if got := headLine("a\nb", k, 3); got != want {
			t.Errorf("line %d is %q, want %q: headings end on the last line", k, got, want)
		}
	}
}
