// Makes the calldata vectors of guard/evm (argument: evm) and guard/safe (safe)
// with ethers:
//   npm install ethers@6.17.0 && node make-calls.mjs evm > calls.json
import { Interface, Fragment, keccak256, toUtf8Bytes } from "ethers";

const a = "0x88a1493366D48225fc3cEFbdae9eBb23E323Ade3", b = "0x1Db92e2EeBC8E0c075a02BeA49a2935BcD2dFCF4", c = "0xd5F7838F5C461fefF7FE49ea5ebaF7728bB0ADfa";
const max = (1n << 256n) - 1n, word = "0x" + "5a".repeat(32);
const lists = {
  evm: [
    ["transfer(address,uint256)", [a, 5n]], ["transferFrom(address,address,uint256)", [b, a, max]],
    ["safeTransferFrom(address,address,uint256)", [b, a, 7n]], ["safeTransferFrom(address,address,uint256,bytes)", [b, a, 7n, "0x0102"]],
    ["safeTransferFrom(address,address,uint256,uint256,bytes)", [b, a, 7n, 3n, "0x"]],
    ["safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)", [b, a, [1n, 2n, 3n], [10n, 20n, max], "0x"]],
    ["mint(address,uint256)", [a, 1n]], ["deposit()", []], ["withdraw(uint256)", [9n]],
    ["approve(address,uint256)", [a, max]], ["increaseAllowance(address,uint256)", [a, 1n]], ["decreaseAllowance(address,uint256)", [a, 1n]],
    ["setApprovalForAll(address,bool)", [a, true]], ["permit(address,address,uint256,uint256,uint8,bytes32,bytes32)", [b, a, 1n, 1740000000n, 27, word, word]],
    ["permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)", [b, a, 0n, 0n, true, 28, word, word]],
    ["approve(address,address,uint160,uint48)", [c, a, (1n << 160n) - 1n, 281474976710655n]],
    ["transferOwnership(address)", [a]], ["upgradeTo(address)", [a]], ["upgradeToAndCall(address,bytes)", [a, "0x8129fc1c"]],
    ["submitTransaction(address,uint256,bytes)", [a, 1n, "0x"]], ["confirmTransaction(uint256)", [3n]],
  ],
  safe: [
    ["addOwnerWithThreshold(address,uint256)", [a, 3n]], ["removeOwner(address,address,uint256)", [c, a, 2n]], ["swapOwner(address,address,address)", [c, a, b]],
    ["changeThreshold(uint256)", [1n]], ["enableModule(address)", [a]], ["disableModule(address,address)", [c, a]], ["setGuard(address)", [a]],
    ["setModuleGuard(address)", [a]], ["setFallbackHandler(address)", [a]], ["changeMasterCopy(address)", [a]],
    ["setup(address[],uint256,address,bytes,address,address,uint256,address)", [[a, b], 2n, c, "0x12345678", a, c, 5n, b]],
    ["execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)", [a, 1n, "0xa9059cbb", 0, 2n, 3n, 4n, b, c, "0x" + "11".repeat(65)]],
    ["execTransactionFromModule(address,uint256,bytes,uint8)", [a, 1n, "0x", 1]], ["execTransactionFromModuleReturnData(address,uint256,bytes,uint8)", [a, 1n, "0x", 0]],
    ["approveHash(bytes32)", [word]], ["multiSend(bytes)", ["0x00" + a.slice(2).toLowerCase() + "00".repeat(64)]], ["signMessage(bytes)", ["0x68656c6c6f"]],
    ["performCreate(uint256,bytes)", [1n, "0x6000"]], ["performCreate2(uint256,bytes,bytes32)", [1n, "0x6000", word]],
    ["migrateSingleton()", []], ["migrateWithFallbackHandler()", []], ["migrateL2Singleton()", []], ["migrateL2WithFallbackHandler()", []], ["migrateToL2(address)", [a]],
  ],
};
const text = v => Array.isArray(v) ? v.map(text) : String(v);
console.log(JSON.stringify(lists[process.argv[2]].map(([signature, args]) => {
  const i = new Interface(["function " + signature]);
  const name = signature.slice(0, signature.indexOf("("));
  return { signature, data: i.encodeFunctionData(signature, args), args: args.map(text) };
}), null, 1));
