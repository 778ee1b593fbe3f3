#!/usr/bin/env python3
"""Turns a public partition oracle into a gridplan-case/1 on standard output.

  oracle_case.py county GRAPH.json K LOWER UPPER   NetworkX adjacency JSON with TOTPOP: fewest cut edges
  oracle_case.py fl25 FL25.geojson ADJACENCY.json K  precincts with pop: most balanced districts

Every edge gets a length of 1 m, so that the border in metres counts cut edges.
"""
import json
import sys


def case(name, loads, edges, task):
    return {
        "format": "gridplan-case/1", "name": name, "norm": 0, "task": {"A": task}, "communities": ["all"], "grids": [],
        "atoms": [{"id": i, "x": x, "y": y, "community": 0, "hh": p, "load": p} for i, (p, x, y) in enumerate(loads)],
        "edges": [[a, b, 1, 0] for a, b in sorted(edges)],
    }


def county(path, k, lower, upper):
    g = json.load(open(path))
    index = {n["id"]: i for i, n in enumerate(g["nodes"])}
    loads = [(n["TOTPOP"], n["C_X"] * 1e5, n["C_Y"] * 1e5) for n in g["nodes"]]
    edges = {(min(i, index[o["id"]]), max(i, index[o["id"]])) for i, row in enumerate(g["adjacency"]) for o in row}
    return case("county", loads, edges, {"kind": "shortest-border", "count": k, "lower": lower, "upper": upper})


def fl25(path, adjacency, k):
    rings = [f["geometry"]["coordinates"] for f in json.load(open(path))["features"]]
    pops = [f["properties"]["pop"] for f in json.load(open(path))["features"]]
    loads = []
    for p, r in zip(pops, rings):
        while isinstance(r[0][0], list):
            r = r[0]
        loads.append((p, sum(q[0] for q in r) / len(r) * 1e5, sum(q[1] for q in r) / len(r) * 1e5))
    rows = json.load(open(adjacency))
    edges = {(min(i, j), max(i, j)) for i, row in enumerate(rows) for j in row}
    return case("fl25", loads, edges, {"kind": "most-balanced", "count": k})


if __name__ == "__main__":
    a = sys.argv
    if a[1] == "county":
        c = county(a[2], int(a[3]), int(a[4]), int(a[5]))
    else:
        c = fl25(a[2], a[3], int(a[4]))
    json.dump(c, sys.stdout)
