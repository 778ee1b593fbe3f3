import type { zhLayers } from "./zh-layers";

export const enLayers: Record<keyof typeof zhLayers, string> = {
  "layers.title": "Layers",
  "layers.backdrops": "Reference",
  "layers.none": "No reference layers yet. An administrator imports buildings, roads and water with cloudgrid layer import.",
  "layers.from": "from zoom {z}",
  "layers.heat": "Heat map",
  "layers.measure": "of",
  "layers.off": "off",
  "layers.other": "Another network",
  "layers.outlines": "Outlines",
  "layers.otherNone": "There is no other network",
  "count.households": "Households",
  "count.persons": "Persons",
  "count.shops": "Shops",
  "count.events": "Events",
  "heat.title": "{what} by cell",
  "heat.hidden": "{n} cells under {k} are not shown",
  "snap.to": "Snaps to: {to}",
  "snap.vertex": "border point",
  "snap.building": "building",
  "snap.road": "road",
};
