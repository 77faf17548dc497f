// What the guard's operations answer, as far as the page shows it.

export interface Reason { rule: string; name: string; severity: "info" | "warn" | "high" | "critical"; monitor?: boolean; text: string; evidence?: Record<string, string>; approved?: string[] }
export interface Undecoded { where?: string; reason: string }
export interface Verdict {
  request_id?: string; wallet: string; kind: string; decision: Decision; mode: string; policy: string; policy_version: string; rules_version: string;
  lists?: { name: string; as_of?: string }[]; reasons: Reason[];
  decoded: { complete: boolean; undecoded?: Undecoded[] };
  not_evaluated?: string[]; payload_hash: string; request_hash: string; at: string; expires_at: string;
}
export type Decision = "allow" | "hold" | "deny";

export interface Answer {
  verdict: Verdict; order: string; headlines: string[]; does: string[]; meant: string[]; signers: string[]; screen: string;
  groups: { name: string; digest: string; groups: string[] }[]; receipt?: string;
}
export interface Policy { name: string; version: string; hash: string; mode: string; own: boolean }
export interface Intent { to?: string; asset?: string; amount?: string; unit?: string; ref?: string; source?: string }
export interface Request { request_id?: string; wallet: string; kind: string; payload: Record<string, unknown>; intent?: Intent; signatures?: string[]; [key: string]: unknown }
export interface Example { name: string; title: string; policy: string; over: string; made: boolean; kind: string; request: Request }

// kinds are what may be pasted; field is where a text goes, none where the paste is
// the payload itself.
export const kinds: Record<string, { name: string; field?: string; hint: string }> = {
  safe_tx: { name: "Safe transaction", hint: "the fields of the Safe transaction, as JSON: chain_id, safe, safe_version, to, value, data, operation, safeTxGas, nonce, …" },
  eth_tx: { name: "Ethereum transaction", field: "raw", hint: "the raw transaction in hexadecimal digits, signed or not" },
  eip712: { name: "Typed data (EIP-712)", hint: "the typed-data document, as JSON" },
  eip7702: { name: "EIP-7702 authorization", field: "raw", hint: "the authorization to sign, in hexadecimal digits" },
  psbt: { name: "Bitcoin, PSBT", field: "psbt", hint: "the PSBT in Base64, version 0 or 2" },
  mt103: { name: "MT103", field: "message", hint: "one FIN message" },
  mt202: { name: "MT202", field: "message", hint: "one FIN message" },
  pacs008: { name: "pacs.008", field: "message", hint: "one XML message of one transaction" },
  pacs009: { name: "pacs.009", field: "message", hint: "one XML message of one transaction" },
};
