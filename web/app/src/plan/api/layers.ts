import { send } from "./request";
import type { LonLat } from "./types";

type LayerKind = "building" | "road" | "water" | "other";

/** A reference layer: what planners look at and snap to. */
export interface LayerInfo {
  name: string;
  kind: LayerKind;
  title: string;
  source: string;
  features: number;
  seq: number;
  /** Template of its tiles; a new one when the layer is. */
  tiles: string;
  minzoom: number;
  maxzoom: number;
}

interface LayersAnswer {
  layers: LayerInfo[];
  heat: { measures: string[]; coarsest: number; finest: number };
}

export interface HeatAnswer {
  measure: string;
  cells: string;
  /** Cells with less are not shown. */
  least: number;
  hidden_cells: number;
  breaks: number[];
  features: {
    type: "Feature";
    properties: { cell: string; count: number; class: number };
    geometry: { type: "Polygon"; coordinates: LonLat[][] };
  }[];
}

interface LayerFeatures {
  features: {
    properties: { name: string };
    geometry:
      | { type: "MultiPolygon"; coordinates: LonLat[][][] }
      | { type: "MultiLineString"; coordinates: LonLat[][] };
  }[];
}

interface Vertices {
  rev: number;
  lon: number[];
  lat: number[];
}

export type Box = readonly [west: number, south: number, east: number, north: number];

const within = (box: Box): string => box.map((v) => v.toFixed(7)).join(",");

export const getLayers = (): Promise<LayersAnswer> => send<LayersAnswer>("GET", "/v1/layers");

export const getFeatures = (name: string, box: Box, signal: AbortSignal): Promise<LayerFeatures> =>
  send<LayerFeatures>("GET", `/v1/layers/${name}/features?bbox=${within(box)}`, undefined, signal);

export const getVertices = (plan: number, box: Box, signal: AbortSignal): Promise<Vertices> =>
  send<Vertices>("GET", `/v1/plans/${plan}/vertices?bbox=${within(box)}&crs=wgs84`, undefined, signal);

export const getHeat = (plan: number, measure: string, res: number, box: Box, signal: AbortSignal): Promise<HeatAnswer> =>
  send<HeatAnswer>("GET", `/v1/heat?plan=${plan}&measure=${encodeURIComponent(measure)}&res=${res}&bbox=${within(box)}`, undefined, signal);
