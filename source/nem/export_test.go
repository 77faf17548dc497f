package nem

import "net/http"

// Through makes a client ask through a transport of the test's own.
func (c *Client) Through(t http.RoundTripper) { c.http.Transport = t }
