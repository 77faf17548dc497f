// The records that the guard's pages read, by short names, as the API's description has
// them; of a request it says nothing, since the guard judges any.
import type { GuardExample, Intent, Verdict } from "../client.ts";

export type { CheckAnswer as Answer, GuardPolicy as Policy, GuardReason as Reason, Intent, ReceiptsAnswer, ReplayAnswer, Verdict } from "../client.ts";
export type Decision = Verdict["decision"];

export interface Request { request_id?: string; wallet: string; kind: string; payload: Record<string, unknown>; intent?: Intent; signatures?: string[]; [key: string]: unknown }
export type Example = Omit<GuardExample, "request"> & { request: Request };

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
