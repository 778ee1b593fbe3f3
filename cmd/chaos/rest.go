package main

import "context"

func replicaKilled(ctx context.Context, l *lab, r *report) error { return nil }
func slowClients(ctx context.Context, l *lab, r *report) error   { return nil }
func soak(ctx context.Context, l *lab, r *report) error          { return nil }
func crowdProcess([]string) (func() int, bool)                   { return nil, false }
