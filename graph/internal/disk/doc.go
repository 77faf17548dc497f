// Package disk keeps columns, heaps, hash tables and adjacency lists in mapped
// files: the bytes of a graph store, and nothing of their meaning.
//
// In go values in the order of their ids; out come the same values by id. A
// column only grows, and what a manifest has committed never changes. Two kinds
// of file are written in place, both so that a reader of committed data cannot
// see what is not committed: links, whose value is the id of the one who made
// them, and hash tables, whose slots hold ids; an id at or beyond the committed
// count counts as absent. So nothing needs a journal: a crash leaves garbage
// beyond the committed lengths, which is written over.
//
// Every committed run of 64 KiB of a column has a CRC-32C. All numbers are
// little endian; a big-endian machine is refused.
package disk
