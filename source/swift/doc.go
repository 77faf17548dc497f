// Package swift reads the FIN messages of banks: MT101, MT103, MT202, MT202
// COV, MT192, MT292, MT196, MT296, MT900, MT910, MT940 and MT950, from FIN and
// RJE files, with or without acknowledgements in front.
//
// In go bytes; out come raw messages with the place of every field (Scan,
// Message), and their meaning as payments.Message (Decode). Amounts, currencies
// and dates are read strictly; a stray brace, a lower-case BIC or an upper-case
// UETR is read and reported with its place (Bent). Nothing is left out silently.
package swift
