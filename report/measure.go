package report

import "strings"

// A picture does not know the reader's font. Widths are therefore those of a wide
// one: a text that fits by them fits in the usual system fonts.
const (
	narrowRune = 360 // thousandths of the size
	smallRune  = 610
	largeRune  = 690
	wideRune   = 960
)

// textWidth is how wide a line of a size in pixels can become, in thousandths of
// a pixel.
func textWidth(s string, size int) int {
	sum := 0
	for _, r := range s {
		switch {
		case strings.ContainsRune("iljtfrI.,:;'|!()[]/ -·", r):
			sum += narrowRune
		case strings.ContainsRune("mwMW@%—…", r) || r >= 0x1100:
			sum += wideRune
		case r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
			sum += largeRune
		default:
			sum += smallRune
		}
	}
	return sum * size * px / 1000
}

// cutTo cuts a text at its end until it fits, and marks the cut.
func cutTo(s string, width, size int) string {
	if textWidth(s, size) <= width {
		return s
	}
	r := []rune(s)
	for len(r) > 1 && textWidth(string(r)+"…", size) > width {
		r = r[:len(r)-1]
	}
	return strings.TrimRight(string(r), " ,;·-") + "…"
}

// breakInto breaks a text into lines that fit. A word that is wider than a line is
// cut.
func breakInto(s string, width, size int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(s) {
		switch {
		case line == "":
			line = word
		case textWidth(line+" "+word, size) <= width:
			line += " " + word
		default:
			out = append(out, line)
			line = word
		}
		if textWidth(line, size) > width {
			line = cutTo(line, width, size)
		}
	}
	if line != "" {
		out = append(out, line)
	}
	return out
}
