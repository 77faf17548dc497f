// Makes vectors.json: documents of typed data with the digests on which two
// independent libraries agree:
//   npm install ethers@6.17.0 viem@2.57.20 && node make.mjs > vectors.json
import { TypedDataEncoder } from "ethers";
import { hashTypedData, domainSeparator, hashStruct } from "viem";

const person = [{ name: "name", type: "string" }, { name: "wallet", type: "address" }];
const mail = [{ name: "from", type: "Person" }, { name: "to", type: "Person" }, { name: "contents", type: "string" }];
const dom = [{ name: "name", type: "string" }, { name: "version", type: "string" }, { name: "chainId", type: "uint256" }, { name: "verifyingContract", type: "address" }];
const cc = "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC";
const domain = { name: "Ether Mail", version: "1", chainId: 1, verifyingContract: cc };
const cow = { name: "Cow", wallet: "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826" }, bob = { name: "Bob", wallet: "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB" };
const a1 = "0x88a1493366D48225fc3cEFbdae9eBb23E323Ade3", a2 = "0x1Db92e2EeBC8E0c075a02BeA49a2935BcD2dFCF4";
const max = ((1n << 256n) - 1n).toString(), max160 = ((1n << 160n) - 1n).toString();
const details = [{ name: "token", type: "address" }, { name: "amount", type: "uint160" }, { name: "expiration", type: "uint48" }, { name: "nonce", type: "uint48" }];
const perms = [{ name: "token", type: "address" }, { name: "amount", type: "uint256" }];
const p2dom = [{ name: "name", type: "string" }, { name: "chainId", type: "uint256" }, { name: "verifyingContract", type: "address" }];
const p2 = { name: "Permit2", chainId: 1, verifyingContract: "0x000000000022D473030F116dDEE9F6B43aC78BA3" };
const safeTx = ["address to", "uint256 value", "bytes data", "uint8 operation", "uint256 safeTxGas", "uint256 baseGas", "uint256 gasPrice", "address gasToken", "address refundReceiver", "uint256 nonce"]
  .map(f => ({ type: f.split(" ")[0], name: f.split(" ")[1] }));
const zero = "0x" + "00".repeat(20);
const docs = {
  "mail": { types: { EIP712Domain: dom, Person: person, Mail: mail }, primaryType: "Mail", domain, message: { from: cow, to: bob, contents: "Hello, Bob!" } },
  "arrays": {
    types: { EIP712Domain: [...dom, { name: "salt", type: "bytes32" }], Person: [{ name: "name", type: "string" }, { name: "wallets", type: "address[]" }],
      Group: [{ name: "members", type: "Person[]" }, { name: "grid", type: "uint8[2][]" }, { name: "pair", type: "int16[3]" }, { name: "blobs", type: "bytes[]" }, { name: "names", type: "string[2]" }, { name: "none", type: "Person[]" }] },
    primaryType: "Group", domain: { ...domain, salt: "0x" + "5a".repeat(32) },
    message: { members: [{ name: "Cow", wallets: [cow.wallet, a1] }, { name: "Bob", wallets: [] }], grid: [[1, 2], [3, 255]], pair: ["-32768", 32767, "-1"], blobs: ["0x", "0xdeadbeef"], names: ["", "é \u{1F600}"], none: [] } },
  "every type": {
    types: { EIP712Domain: [{ name: "chainId", type: "uint256" }], All: [["uint8", "a"], ["uint256", "b"], ["int8", "c"], ["int256", "d"], ["int256", "e"], ["bool", "f"], ["bool", "g"], ["bytes1", "h"], ["bytes32", "i"], ["bytes", "j"], ["string", "k"], ["address", "l"], ["uint64", "m"]].map(([type, name]) => ({ type, name })) },
    primaryType: "All", domain: { chainId: "11155111" },
    message: { a: 255, b: max, c: "-128", d: "-57896044618658097711785492504343953926634992332820282019728792003956564819968", e: "57896044618658097711785492504343953926634992332820282019728792003956564819967", f: true, g: false, h: "0xff", i: "0x" + "ab".repeat(32), j: "0x00", k: "a\nb\"", l: a1, m: 9007199254740991 } },
  "recursive": {
    types: { EIP712Domain: dom, Node: [{ name: "id", type: "uint256" }, { name: "children", type: "Node[]" }, { name: "z", type: "Zed" }], Zed: [{ name: "a", type: "Alpha" }], Alpha: [{ name: "x", type: "bytes4" }] },
    primaryType: "Node", domain, message: { id: 1, children: [{ id: 2, children: [], z: { a: { x: "0x01020304" } } }, { id: "0x03", children: [], z: { a: { x: "0x00000000" } } }], z: { a: { x: "0xffffffff" } } } },
  "empty domain": { types: { EIP712Domain: [], Ping: [] }, primaryType: "Ping", domain: {}, message: {} },
  "permit": { types: { EIP712Domain: dom, Permit: [["owner", "address"], ["spender", "address"], ["value", "uint256"], ["nonce", "uint256"], ["deadline", "uint256"]].map(([name, type]) => ({ name, type })) },
    primaryType: "Permit", domain: { name: "USD Coin", version: "2", chainId: 1, verifyingContract: "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48" }, message: { owner: a2, spender: a1, value: max, nonce: 0, deadline: "1740000000" } },
  "dai permit": { types: { EIP712Domain: dom, Permit: [["holder", "address"], ["spender", "address"], ["nonce", "uint256"], ["expiry", "uint256"], ["allowed", "bool"]].map(([name, type]) => ({ name, type })) },
    primaryType: "Permit", domain: { name: "Dai Stablecoin", version: "1", chainId: 1, verifyingContract: "0x6B175474E89094C44Da98b954EedeAC495271d0F" }, message: { holder: a2, spender: a1, nonce: 3, expiry: 0, allowed: true } },
  "permit2 single": { types: { EIP712Domain: p2dom, PermitSingle: [{ name: "details", type: "PermitDetails" }, { name: "spender", type: "address" }, { name: "sigDeadline", type: "uint256" }], PermitDetails: details },
    primaryType: "PermitSingle", domain: p2, message: { details: { token: cc, amount: max160, expiration: "281474976710655", nonce: 0 }, spender: a1, sigDeadline: "1740000000" } },
  "permit2 batch": { types: { EIP712Domain: p2dom, PermitBatch: [{ name: "details", type: "PermitDetails[]" }, { name: "spender", type: "address" }, { name: "sigDeadline", type: "uint256" }], PermitDetails: details },
    primaryType: "PermitBatch", domain: p2, message: { details: [{ token: cc, amount: "5", expiration: "6", nonce: 0 }, { token: a2, amount: "0", expiration: "7", nonce: 1 }], spender: a1, sigDeadline: "1740000000" } },
  "permit2 transfer": { types: { EIP712Domain: p2dom, PermitTransferFrom: [{ name: "permitted", type: "TokenPermissions" }, { name: "spender", type: "address" }, { name: "nonce", type: "uint256" }, { name: "deadline", type: "uint256" }], TokenPermissions: perms },
    primaryType: "PermitTransferFrom", domain: p2, message: { permitted: { token: cc, amount: "12345" }, spender: a1, nonce: max, deadline: "1740000000" } },
  "permit2 transfers": { types: { EIP712Domain: p2dom, PermitBatchTransferFrom: [{ name: "permitted", type: "TokenPermissions[]" }, { name: "spender", type: "address" }, { name: "nonce", type: "uint256" }, { name: "deadline", type: "uint256" }], TokenPermissions: perms },
    primaryType: "PermitBatchTransferFrom", domain: p2, message: { permitted: [{ token: cc, amount: "1" }, { token: a2, amount: max }], spender: a1, nonce: "1", deadline: "1740000000" } },
  "safe 1.3.0": { types: { EIP712Domain: [{ name: "chainId", type: "uint256" }, { name: "verifyingContract", type: "address" }], SafeTx: safeTx }, primaryType: "SafeTx", domain: { chainId: 1, verifyingContract: a2 },
    message: { to: a1, value: "30000000000000000000000", data: "0x", operation: 0, safeTxGas: 45745, baseGas: "1", gasPrice: "2", gasToken: cc, refundReceiver: a1, nonce: 71 } },
  "safe 1.1.1": { types: { EIP712Domain: [{ name: "verifyingContract", type: "address" }], SafeTx: safeTx }, primaryType: "SafeTx", domain: { verifyingContract: a2 },
    message: { to: a1, value: "30000000000000000000000", data: "0x", operation: 0, safeTxGas: 45745, baseGas: 0, gasPrice: 0, gasToken: zero, refundReceiver: zero, nonce: 71 } },
};
const out = [];
for (const [name, doc] of Object.entries(docs)) {
  const { EIP712Domain, ...types } = doc.types;
  const digest = hashTypedData(doc), message = hashStruct({ data: doc.message, primaryType: doc.primaryType, types });
  let type = "";
  if (name !== "recursive") { // which ethers does not take
    const used = TypedDataEncoder.from(types);
    type = used.encodeType(doc.primaryType);
    if (name !== "empty domain" && TypedDataEncoder.hash(doc.domain, types, doc.message) !== digest) throw new Error(name + ": digest");
    if (used.hash(doc.message) !== message) throw new Error(name + ": message");
  }
  out.push({ name, type, digest, message, domain: domainSeparator({ domain: doc.domain, types: doc.types }), document: doc });
}
console.log(JSON.stringify(out, null, 1));
