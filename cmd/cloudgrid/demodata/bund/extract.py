#!/usr/bin/env python3
"""Makes the files of this folder from the GeoJSON of the source (SOURCE.txt).

    python3 extract.py FOLDER_WITH_THE_SOURCE .

Keeps what the demo needs within its outline, drops buildings that the outline
or the edge of the source's tiles cuts, tunnels, bridges and service roads.
The same input gives the same bytes.
"""
import gzip, json, sys

WEST, SOUTH, EAST, NORTH = 121.4813232, 31.2268945, 121.5113000, 31.2503781
source, out = sys.argv[1], sys.argv[2]


def points(c):
    if isinstance(c[0], (int, float)):
        yield c
    else:
        for x in c:
            yield from points(x)


def within(g, whole):
    ins = [WEST <= x <= EAST and SOUTH <= y <= NORTH for x, y in points(g["coordinates"])]
    return all(ins) if whole else any(ins)


def rounded(c):
    if isinstance(c[0], (int, float)):
        return [round(c[0], 7), round(c[1], 7)]
    return [rounded(x) for x in c]


def write(name, features):
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))
    with open(f"{out}/{name}.geojson.gz", "wb") as f:
        with gzip.GzipFile("", "wb", 9, f, 0) as z:
            z.write(text.encode())
    print(name, len(features))


def take(name, keep, keys, whole=False):
    got = []
    for f in json.load(open(f"{source}/{name}.geojson"))["features"]:
        p = f["properties"]
        if keep(p, f["geometry"]) and within(f["geometry"], whole):
            props = {k: p[k] for k in keys if p.get(k) not in (None, "")}
            got.append({"type": "Feature", "properties": props,
                        "geometry": {"type": f["geometry"]["type"], "coordinates": rounded(f["geometry"]["coordinates"])}})
    return got


STREETS = {"trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link", "tertiary", "tertiary_link",
           "residential", "unclassified", "living_street", "pedestrian"}
write("buildings", take("buildings", lambda p, g: True,
                        ["osm_id", "kind_detail", "name", "addr_street", "addr_housenumber", "height"], whole=True))
write("roads", take("roads", lambda p, g: p.get("kind_detail") in STREETS and not p.get("is_tunnel") and not p.get("is_bridge")
                    and not any(w in (p.get("name") or "") for w in ("隧道", "地道")),
                    ["kind", "kind_detail", "name"]))
write("water", take("water", lambda p, g: "Polygon" in g["type"] and p["kind"] in ("water", "riverbank"), ["name"]))
write("landuse", take("landuse", lambda p, g: "Polygon" in g["type"] and p["kind"] in
                      ("residential", "park", "school", "hospital", "commercial", "retail"), ["kind", "name"]))
write("pois", take("pois", lambda p, g: p.get("name") and p["kind"] not in
                   ("bus_stop", "traffic_signals", "subway_entrance", "tram_stop", "post_box", "atm", "parking", "viewpoint", "tree"),
                   ["osm_id", "kind", "name"], whole=True))
write("addresses", take("addresses", lambda p, g: p.get("addr_street"), ["osm_id", "addr_street", "addr_housenumber"], whole=True))
