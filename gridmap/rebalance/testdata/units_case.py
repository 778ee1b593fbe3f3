#!/usr/bin/env python3
"""Turns real statistical units into a gridplan-case/1 on standard output.

  units_case.py taichung BASE_UNITS.geojson          units into villages, one community per district
  units_case.py ellis BLOCKS.gpkg VTD.gpkg [SEED]    blocks into voting districts, after a growth shock

Two units touch where they share a line segment.
"""
import json
import math
import random
import sqlite3
import struct
import sys


def wkb_rings(b):
    """The rings of the polygon or multipolygon of a GeoPackage blob."""
    at = 8 + {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[b[3] >> 1 & 7]
    rings = []

    def u32():
        nonlocal at
        at += 4
        return struct.unpack_from("<I", b, at - 4)[0]

    def shape():
        nonlocal at
        at += 1
        kind, n = u32(), u32()
        if kind == 6:
            for _ in range(n):
                shape()
            return
        for _ in range(n):
            m = u32()
            rings.append(list(struct.iter_unpack("<dd", b[at:at + 16 * m])))
            at += 16 * m

    shape()
    return rings


def borders(units, scale):
    """Edges [i, j, metres, 0] of units given as lists of rings in metres."""
    owner, length = {}, {}
    for i, rings in enumerate(units):
        for r in rings:
            for p, q in zip(r, r[1:]):
                k = tuple(sorted(((round(p[0] * scale), round(p[1] * scale)), (round(q[0] * scale), round(q[1] * scale)))))
                j = owner.setdefault(k, i)
                if j != i:
                    length[(j, i)] = length.get((j, i), 0) + math.dist(p, q)
    return [[a, b, round(m, 2), 0] for (a, b), m in sorted(length.items())]


def middle(rings):
    r = rings[0]
    return sum(p[0] for p in r) / len(r), sum(p[1] for p in r) / len(r)


def case(name, atoms, edges, grids, initial, communities):
    norm = sum(a["load"] for a in atoms) / len(grids)
    return {"format": "gridplan-case/1", "name": name, "norm": round(norm),
            "task": {"A": {"kind": "balance", "tol": 0.05}, "B": {"kind": "relieve", "upper": 1.2 * norm, "lower": 0.6 * norm}},
            "communities": communities, "grids": grids, "atoms": atoms, "edges": edges, "initial": initial}


def taichung(path):
    fs = json.load(open(path))["features"]
    towns = sorted({f["properties"]["town"] for f in fs})
    villages = sorted({(f["properties"]["town"], f["properties"]["villcode"]) for f in fs if f["properties"]["villcode"]})
    index = {v: i for i, v in enumerate(villages)}
    units, atoms, initial = [], [], []
    for i, f in enumerate(fs):
        p, g = f["properties"], f["geometry"]
        polygons = [g["coordinates"]] if g["type"] == "Polygon" else g["coordinates"]
        rings = [[(x * 101600, y * 110750) for x, y in r] for poly in polygons for r in poly]  # metres at 24.15 N
        units.append(rings)
        x, y = middle(rings)
        atoms.append({"id": p["codebase"], "x": round(x, 1), "y": round(y, 1), "community": towns.index(p["town"]),
                      "hh": p["households"], "pop": p["population"], "key": 0, "ev": 0, "load": p["households"]})
        initial.append(index.get((p["town"], p["villcode"]), -1))
    for i, a in enumerate(atoms):  # a unit without a village goes to that of the nearest unit of its district
        if initial[i] < 0:
            near = min((b for b in range(len(fs)) if fs[b]["properties"]["villcode"] and atoms[b]["community"] == a["community"]),
                       key=lambda b: math.hypot(atoms[b]["x"] - a["x"], atoms[b]["y"] - a["y"]))
            initial[i] = index[(towns[a["community"]], fs[near]["properties"]["villcode"])]
    grids = [{"id": v, "community": towns.index(t)} for t, v in villages]
    return case("taichung", atoms, borders(units, 50), grids, initial, towns)


def inside(p, rings):
    odd = False
    for r in rings:
        for (ax, ay), (bx, by) in zip(r, r[1:]):
            if (ay > p[1]) != (by > p[1]) and p[0] < (bx - ax) * (p[1] - ay) / (by - ay) + ax:
                odd = not odd
    return odd


def table(path, query):
    return sqlite3.connect("file:%s?mode=ro&immutable=1" % path, uri=True).execute(query).fetchall()


def ellis(blocks, vtds, seed):
    name = "ks_ellis_county_vap_data_"
    rows = table(blocks, "select b.path, b.total_pop, b.geography, p.internal_point from %sblock b join %sblock__internal_points p using (path) order by b.path" % (name, name))
    districts = [(v, wkb_rings(g)) for v, g in table(vtds, "select path, geography from %svtd order by path" % name)]
    units = [wkb_rings(r[2]) for r in rows]
    points = [struct.unpack_from("<dd", r[3], len(r[3]) - 16) for r in rows]
    initial = [next(i for i, (_, d) in enumerate(districts) if inside(p, d)) for p in points]
    rng = random.Random(seed)
    pops = [r[1] for r in rows]
    for _ in range(4):  # four quarters of the town double or triple
        near = points[rng.randrange(len(points))]
        while not any(pops[i] > 100 and math.dist(points[i], near) < 800 for i in range(len(points))):
            near = points[rng.randrange(len(points))]
        f = rng.uniform(2, 3)
        pops = [round(n * f) if math.dist(p, near) < 800 else n for n, p in zip(pops, points)]
    atoms = [{"id": r[0], "x": round(p[0], 1), "y": round(p[1], 1), "community": 0, "hh": n, "pop": n, "key": 0, "ev": 0, "load": n}
             for r, n, p in zip(rows, pops, points)]
    return case("ellis", atoms, borders(units, 100), [{"id": v, "community": 0} for v, _ in districts], initial, ["Ellis"])


if __name__ == "__main__":
    a = sys.argv
    json.dump(taichung(a[2]) if a[1] == "taichung" else ellis(a[2], a[3], int(a[4]) if len(a) > 4 else 1), sys.stdout, ensure_ascii=False)
