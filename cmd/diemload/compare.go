package main
type compareCommand struct{}
func (compareCommand) Run() error { return nil }
type benchCommand struct{}
func (benchCommand) Run() error { return nil }
