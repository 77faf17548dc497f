package graph

import "github.com/coldtrail/coldtrail/graph/internal/disk"

func init() { disk.NoSync = true }
