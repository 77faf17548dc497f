// Makes vectors.json with two independent libraries, which must agree:
//   npm install ethers@6.17.0 viem@2.57.20 && node make.mjs > vectors.json
// The keys are public test keys (anvil's first, and EIP-155's 0x46..46).
import { Transaction, Wallet, SigningKey, AbiCoder, Interface, keccak256, encodeRlp, toBeHex } from "ethers";
import { privateKeyToAccount } from "viem/accounts";
import { serializeTransaction, parseTransaction, keccak256 as vk } from "viem";

const key = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const viem = privateKeyToAccount(key);
const wallet = new Wallet(key);
const to = "0x88a1493366D48225fc3cEFbdae9eBb23E323Ade3";
const accessList = [{ address: to, storageKeys: ["0x" + "01".repeat(32), "0x" + "02".repeat(32)] }, { address: "0x" + "11".repeat(20), storageKeys: [] }];
const hash = "0x01" + "ab".repeat(31);
const big = (1n << 256n) - 1n;
const txs = {
  "legacy without chain id": { type: "legacy", nonce: 7, gasPrice: 20000000000n, gas: 21000n, to, value: 12345678901234567890n },
  "legacy": { type: "legacy", chainId: 1, nonce: 0, gasPrice: 1n, gas: 60000n, to, value: 0n, data: "0xa9059cbb" + "00".repeat(12) + "bdd077f651ebe7f7b3ce16fe5f2b025be2969516" + "00".repeat(31) + "05" },
  "legacy of a large chain": { type: "legacy", chainId: 11155111, nonce: 300, gasPrice: 1n, gas: 60000n, to, value: big },
  "legacy creation": { type: "legacy", chainId: 1, nonce: 1, gasPrice: 1n, gas: 900000n, data: "0x6000600055" },
  "2930": { type: "eip2930", chainId: 1, nonce: 2, gasPrice: 3n, gas: 50000n, to, value: 4n, data: "0x00", accessList },
  "1559": { type: "eip1559", chainId: 1, nonce: 3, maxFeePerGas: 40000000000n, maxPriorityFeePerGas: 1500000000n, gas: 21000n, to, value: 1n, accessList },
  "1559 without anything": { type: "eip1559", chainId: 137, nonce: 0, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n, gas: 0n, to, value: 0n },
  "4844": { type: "eip4844", chainId: 1, nonce: 4, maxFeePerGas: 5n, maxPriorityFeePerGas: 1n, maxFeePerBlobGas: 7n, gas: 21000n, to, value: 0n, blobVersionedHashes: [hash, hash] },
};
const out = [];
for (const [name, tx] of Object.entries(txs)) {
  const raw = await viem.signTransaction(tx);
  const e = Transaction.from(raw);
  const unsigned = serializeTransaction(tx);
  if (vk(unsigned) !== e.unsignedHash) throw new Error(name + ": signing hash");
  if (e.from !== wallet.address) throw new Error(name + ": from");
  if ((await wallet.signTransaction(Transaction.from(e.unsignedSerialized))) !== raw) throw new Error(name + ": signature");
  out.push(describe(name, raw, unsigned, e));
}
// EIP-7702: two authorizations, one good on every chain.
const other = privateKeyToAccount("0x" + "46".repeat(32));
const list = [
  await other.signAuthorization({ address: to, chainId: 1, nonce: 0 }),
  await viem.signAuthorization({ address: "0x" + "00".repeat(20), chainId: 0, nonce: 1234567 }),
];
{
  const tx = { type: "eip7702", chainId: 1, nonce: 5, maxFeePerGas: 9n, maxPriorityFeePerGas: 2n, gas: 90000n, to: viem.address, value: 0n, authorizationList: list };
  const raw = await viem.signTransaction(tx);
  const e = Transaction.from(raw);
  if (vk(serializeTransaction(tx)) !== e.unsignedHash) throw new Error("7702: signing hash");
  if (e.from !== wallet.address) throw new Error("7702: from");
  out.push({ ...describe("7702", raw, serializeTransaction(tx), e), authorizations: [
    { chain: "1", delegate: to, nonce: 0, authority: other.address }, { chain: "0", delegate: "0x" + "00".repeat(20), nonce: 1234567, authority: viem.address }] });
}
function describe(name, raw, unsigned, e) {
  return { name, raw, unsigned, type: e.type ?? 0, chain: e.chainId ? e.chainId.toString() : "", nonce: e.nonce, gas: Number(e.gasLimit),
    to: e.to ?? "", value: e.value.toString(), data: e.data, from: e.from, signing_hash: e.unsignedHash, id: e.hash,
    price: (e.type >= 2 ? e.maxFeePerGas : e.gasPrice).toString(), tip: (e.maxPriorityFeePerGas ?? 0n).toString(),
    access: (e.accessList ?? []).map(a => [a.address, a.storageKeys.length]), blobs: (e.blobVersionedHashes ?? []).length };
}
console.log(JSON.stringify(out, null, 1));
