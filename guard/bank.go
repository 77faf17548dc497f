package guard

import "fmt"

// The kinds of bank messages.
const (
	MT103   Kind = "mt103"
	MT202   Kind = "mt202"
	Pacs008 Kind = "pacs008"
	Pacs009 Kind = "pacs009"
)

func (c *check) decodeBank() error { return fmt.Errorf("kind %s is not decoded", c.req.Kind) }
