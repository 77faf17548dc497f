package report

import "io"

func Timeline(w io.Writer, d *Document, o Options) error { return nil }
func HTML(w io.Writer, d *Document, o Options) error     { return nil }
