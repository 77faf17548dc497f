// A ledger to try at once: stolen money meets honest money on one account.
export const sample = `# 10,000.00 EUR are stolen, meet 3,000.00 of honest money, and a part reaches a service.
ledger bank:demo account native EUR
asset EUR EUR decimals 2
open till 1000000
open shop 300000

e1 2026-03-02T09:00Z till > drop 1000000
e2 2026-03-02T09:20Z shop > drop 300000
e3 2026-03-02T10:00Z drop > exchange 600000
e4 2026-03-02T10:05Z drop > friend 250000
e5 2026-03-02T18:00Z friend > exchange 100000

theft "the till" e1
`;
