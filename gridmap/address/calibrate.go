package address

import "math"

// DefaultThreshold is the confidence from which a building is answered.
const DefaultThreshold = 0.8

// confidence turns the cost of the best candidate and its distance to the next
// one into the probability that it is the place meant.
func confidence(c *cand, margin float32) float64 {
	z := 5.5 - 1.1*float64(c.cost)
	p := 1 / (1 + math.Exp(-z))
	if margin < 4 {
		p *= 1 / (1 + math.Exp(-(2.2*float64(margin) - 0.2)))
	}
	return p
}
