package evm

// controlFunctions change who commands a contract, or make it act for others.
func controlFunctions() []*Function {
	return []*Function{
		NewFunction("transferOwnership(address to)", Control("to", "", "")),
		NewFunction("upgradeTo(address to)", Control("to", "", "")),
		NewFunction("upgradeToAndCall(address to,bytes data)", func(c *Call) {
			Control("to", "", "")(c)
			if data := c.Arg("data").Bytes; len(data) > 0 {
				// The proxy runs it as itself, by the code it has just been given.
				c.Enter(Frame{From: &c.To, To: c.Arg("to").Address(), Data: data, Delegate: true})
			}
		}),
		// The multisig wallets before Safe (MultiSigWallet of ConsenSys and Gnosis).
		NewFunction("submitTransaction(address to,uint256 value,bytes data)", func(c *Call) {
			c.Act(Action{Kind: ContractCall, To: &c.To})
			c.Enter(Frame{From: &c.To, To: c.Arg("to").Address(), Value: c.Arg("value").Uint(), Data: c.Arg("data").Bytes})
		}),
		NewFunction("confirmTransaction(uint256 id)", func(c *Call) {
			c.Act(Action{Kind: ContractCall, To: &c.To})
			c.Leave(0, 0, "confirms a transaction by its number; what it does is not in these bytes")
		}),
	}
}

// Control returns a reading that records a control change. Each name is that of
// an argument or empty: to the address that gains command, old the one that
// loses it, amount the new threshold.
func Control(to, old, amount string) func(*Call) {
	return func(c *Call) {
		a := Action{Kind: ControlChange}
		if to != "" {
			gains := c.Arg(to).Address()
			a.To = &gains
		}
		if old != "" {
			loses := c.Arg(old).Address()
			a.Old = &loses
		}
		if amount != "" {
			a.Amount = c.Arg(amount).Uint()
		}
		c.Act(a)
	}
}
