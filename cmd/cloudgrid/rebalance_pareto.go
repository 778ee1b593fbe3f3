package main

import (
	"context"

	"cloudgrid/gridmap/rebalance"
)

type candidateReport struct{}

func runRebalancePareto(ctx context.Context, c *console, f rebalanceFlags, cs *rebalance.Case, goal rebalance.Goal, opt rebalance.Options) error {
	return nil
}
