package rebalance
