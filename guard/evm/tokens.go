package evm

import "github.com/holiman/uint256"

// tokenFunctions move tokens: ERC-20, ERC-721, ERC-1155, and wrapped ether.
func tokenFunctions() []*Function {
	move := func(a Action) func(*Call) {
		return func(c *Call) {
			out := a
			to := c.Arg("to").Address()
			out.To = &to
			if f, ok := c.find("from"); ok {
				from := f.Address()
				out.From = &from
			}
			if n, ok := c.find("amount"); ok {
				out.Amount = n.Uint()
			}
			if n, ok := c.find("id"); ok {
				id := n.Uint()
				out.ID = &id
			}
			if extra, ok := c.find("data"); ok && len(extra.Bytes) > 0 {
				c.Leave(extra.Offset, len(extra.Bytes), "data handed to the recipient's code")
			}
			c.Act(out)
		}
	}
	nft := Action{Kind: NFTTransfer, Amount: *uint256.NewInt(1)}
	return []*Function{
		NewFunction("transfer(address to,uint256 amount)", move(Action{Kind: TokenTransfer})),
		NewFunction("transferFrom(address from,address to,uint256 amount)", move(Action{Kind: TokenTransfer, AmountOrID: true})),
		NewFunction("safeTransferFrom(address from,address to,uint256 id)", move(nft)),
		NewFunction("safeTransferFrom(address from,address to,uint256 id,bytes data)", move(nft)),
		NewFunction("safeTransferFrom(address from,address to,uint256 id,uint256 amount,bytes data)", move(Action{Kind: NFTTransfer})),
		NewFunction("safeBatchTransferFrom(address from,address to,uint256[] ids,uint256[] amounts,bytes data)", batch),
		NewFunction("mint(address to,uint256 amount)", plain),
		NewFunction("deposit()", plain),
		NewFunction("withdraw(uint256 amount)", plain),
	}
}

// batch reads the ERC-1155 transfer of several ids.
func batch(c *Call) {
	from, to := c.Arg("from").Address(), c.Arg("to").Address()
	ids, amounts := c.Arg("ids").Items, c.Arg("amounts").Items
	if len(ids) != len(amounts) {
		c.Act(Action{Kind: ContractCall, To: &to})
		c.Leave(0, 0, "as many amounts as ids are needed")
		return
	}
	if extra := c.Arg("data"); len(extra.Bytes) > 0 {
		c.Leave(extra.Offset, len(extra.Bytes), "data handed to the recipient's code")
	}
	for i := range ids {
		id := ids[i].Uint()
		c.Act(Action{Kind: NFTTransfer, From: &from, To: &to, ID: &id, Amount: amounts[i].Uint()})
	}
	if len(ids) == 0 {
		c.Act(Action{Kind: ContractCall, To: &to})
	}
}

// plain is a call that is known by name and moves nothing else by itself.
func plain(c *Call) { c.Act(Action{Kind: ContractCall, To: &c.To}) }

// find returns the argument of that name, if the function has one.
func (c *Call) find(name string) (Arg, bool) {
	for _, a := range c.Args {
		if a.Name == name {
			return a, true
		}
	}
	return Arg{}, false
}

// approvalFunctions give or take the right to move tokens.
func approvalFunctions() []*Function {
	return []*Function{
		NewFunction("approve(address spender,uint256 amount)", func(c *Call) {
			a := approval(c, "spender", 256)
			a.AmountOrID = true
			c.Act(a)
		}),
		NewFunction("increaseAllowance(address spender,uint256 amount)", func(c *Call) { c.Act(approval(c, "spender", 256)) }),
		NewFunction("decreaseAllowance(address spender,uint256 amount)", func(c *Call) {
			a := approval(c, "spender", 256)
			a.Revoke, a.Unlimited = true, false
			c.Act(a)
		}),
		NewFunction("setApprovalForAll(address operator,bool approved)", func(c *Call) {
			operator, on := c.Arg("operator").Address(), c.Arg("approved").Bool()
			c.Act(Action{Kind: Approval, To: &operator, Unlimited: on, Revoke: !on})
		}),
		// ERC-2612.
		NewFunction("permit(address owner,address spender,uint256 amount,uint256 deadline,uint8 v,bytes32 r,bytes32 s)", func(c *Call) {
			a := approval(c, "spender", 256)
			owner, deadline := c.Arg("owner").Address(), c.Arg("deadline").Uint()
			a.From, a.Deadline = &owner, &deadline
			c.Act(a)
		}),
		// DAI's own form, older than ERC-2612: all or nothing.
		NewFunction("permit(address holder,address spender,uint256 nonce,uint256 expiry,bool allowed,uint8 v,bytes32 r,bytes32 s)", func(c *Call) {
			holder, spender := c.Arg("holder").Address(), c.Arg("spender").Address()
			on := c.Arg("allowed").Bool()
			a := Action{Kind: Approval, From: &holder, To: &spender, Unlimited: on, Revoke: !on}
			if expiry := c.Arg("expiry").Uint(); !expiry.IsZero() {
				a.Deadline = &expiry
			}
			c.Act(a)
		}),
		// Permit2's approve: the token is an argument, the called contract Permit2.
		NewFunction("approve(address token,address spender,uint160 amount,uint48 expiration)", func(c *Call) {
			a := approval(c, "spender", 160)
			token, expires := c.Arg("token").Address(), c.Arg("expiration").Uint()
			a.Contract, a.Expires = &token, &expires
			c.Act(a)
		}),
	}
}

// approval reads a spender and an amount. An amount of zero takes the right away.
func approval(c *Call, spender string, bits uint) Action {
	to, amount := c.Arg(spender).Address(), c.Arg("amount").Uint()
	return Action{Kind: Approval, To: &to, Amount: amount, Unlimited: isMax(amount, bits), Revoke: amount.IsZero()}
}
