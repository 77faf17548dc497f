package api

import (
	"bytes"
	"path"
	"strings"

	"github.com/russross/blackfriday/v2"
)

// DocNode is a part of a document: a block, or words in one. The page makes elements
// of it, so that no markup passes through as text.
type DocNode struct {
	Type     string    `json:"type" doc:"heading, paragraph, code, quote, list, item, rule, table, row, cell, text, strong, em, del, mono, link, image, break"`
	Text     string    `json:"text,omitempty" doc:"of text, code, mono"`
	Level    int       `json:"level,omitempty" doc:"of a heading"`
	Ordered  bool      `json:"ordered,omitempty" doc:"of a list"`
	Head     bool      `json:"head,omitempty" doc:"of a row: it is the table's head"`
	To       string    `json:"to,omitempty" doc:"where a link or picture leads; absent: a file of the repository that is not shown here"`
	Children []DocNode `json:"children,omitempty"`
}

var docKinds = map[blackfriday.NodeType]string{
	blackfriday.Heading: "heading", blackfriday.Paragraph: "paragraph", blackfriday.CodeBlock: "code", blackfriday.BlockQuote: "quote",
	blackfriday.List: "list", blackfriday.Item: "item", blackfriday.HorizontalRule: "rule", blackfriday.Table: "table", blackfriday.TableRow: "row",
	blackfriday.TableCell: "cell", blackfriday.Text: "text", blackfriday.Strong: "strong", blackfriday.Emph: "em", blackfriday.Del: "del",
	blackfriday.Code: "mono", blackfriday.Link: "link", blackfriday.Image: "image", blackfriday.Hardbreak: "break",
}

// docTree reads a document at a path of the folder.
func docTree(at, markdown string) []DocNode {
	p := blackfriday.New(blackfriday.WithExtensions(blackfriday.CommonExtensions &^ blackfriday.DefinitionLists))
	return docChildren(at, p.Parse([]byte(markdown)), false)
}

func docChildren(at string, n *blackfriday.Node, head bool) []DocNode {
	var out []DocNode
	for c := n.FirstChild; c != nil; c = c.Next {
		switch c.Type {
		case blackfriday.TableHead, blackfriday.TableBody:
			out = append(out, docChildren(at, c, c.Type == blackfriday.TableHead)...)
			continue
		case blackfriday.Text:
			if len(c.Literal) == 0 {
				continue
			}
		}
		d := DocNode{Type: docKinds[c.Type], Head: head && c.Type == blackfriday.TableRow, Children: docChildren(at, c, false)}
		if d.Type == "" { // HTML in a document is shown as it is written
			d.Type = "text"
		}
		if len(d.Children) == 0 {
			d.Text = string(bytes.TrimSuffix(c.Literal, []byte("\n")))
		}
		switch c.Type {
		case blackfriday.Heading:
			d.Level = c.HeadingData.Level
		case blackfriday.List:
			d.Ordered = c.ListData.ListFlags&blackfriday.ListTypeOrdered != 0
		case blackfriday.Link, blackfriday.Image:
			d.To = docLink(at, string(c.LinkData.Destination))
		}
		out = append(out, d)
	}
	return out
}

// docLink turns a link of a document into a place of the page; "" for a file of the
// repository that the page does not show.
func docLink(at, to string) string {
	if strings.HasPrefix(to, "https://") || strings.HasPrefix(to, "http://") || strings.HasPrefix(to, "#") {
		return to
	}
	file, hash, _ := strings.Cut(to, "#")
	if hash != "" {
		hash = "#" + hash
	}
	if rest, ok := strings.CutPrefix(file, "docs/"); ok { // as the README writes it
		file = rest
	} else {
		file = path.Join(path.Dir(at), file)
	}
	switch {
	case strings.HasPrefix(file, "../"):
		return ""
	case strings.HasPrefix(file, "img/"):
		return Prefix + "/docs/" + file
	case path.Ext(file) == ".md":
		return "/docs/" + strings.TrimSuffix(file, ".md") + hash
	}
	return ""
}
