package main

import "math"

// trend is a line through measurements, by least squares.
type trend struct {
	mean  float64
	slope float64 // by unit of x
	error float64 // standard error of the slope, were the residuals independent
}

// trendOf fits the line; fewer than three points have no error.
func trendOf(x, y []float64) trend {
	n := float64(len(x))
	if n == 0 {
		return trend{}
	}
	var mx, my float64
	for i := range x {
		mx, my = mx+x[i]/n, my+y[i]/n
	}
	var sxx, sxy float64
	for i := range x {
		sxx += (x[i] - mx) * (x[i] - mx)
		sxy += (x[i] - mx) * (y[i] - my)
	}
	if sxx == 0 {
		return trend{mean: my, error: math.Inf(1)}
	}
	t := trend{mean: my, slope: sxy / sxx, error: math.Inf(1)}
	if n > 2 {
		var rest float64
		for i := range x {
			d := y[i] - my - t.slope*(x[i]-mx)
			rest += d * d
		}
		t.error = math.Sqrt(rest / (n - 2) / sxx)
	}
	return t
}

// grows is by how much of its mean the line rises over a stretch of x.
func (t trend) grows(over float64) float64 {
	if t.mean == 0 {
		return 0
	}
	return t.slope * over / t.mean
}
