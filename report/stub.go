package report

import "io"

func HTML(w io.Writer, d *Document, o Options) error { return nil }
