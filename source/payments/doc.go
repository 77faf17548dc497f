// Package payments joins the messages of banks into payments and payments into
// a ledger.
//
// In go messages in one form, Message, whatever their standard (source/swift
// and source/iso20022 decode them). Out come payments, each with its states and
// the message behind every state, and a ledger.Source with one customer edge a
// payment. Value moves only when a credit is reported; settlement legs are a
// ledger of their own and are never added to it.
//
// It never guesses an amount, a currency or the order of bookings of one day:
// amounts that do not parse are errors, and equal bookings are ties.
package payments
