// The HTTP contract as the page sees it. Distances in metres, areas in square metres, coordinates lon/lat degrees.

export type Crs = "wgs84" | "cgcs2000" | "gcj02" | "bd09";
export type BBox = [west: number, south: number, east: number, north: number];

export interface Level {
  rank: number;
  code: string;
  name: string;
}

export interface Network {
  id: number;
  code: string;
  name: string;
  main: boolean;
  levels: Level[];
  /** Number of grids at each level, in the order of levels. */
  grids: number[];
}

export interface Meta {
  title: string;
  source_line: string;
  map_review_no: string;
  data_date: string;
  edition: number;
  hotline: string;
  bounds: BBox;
  networks: Network[];
  atoms: number;
  places: number;
  crs: Crs[];
}

export interface StaffPost {
  role: string;
  role_name: string;
  /** 1 answers first; 2 and up are substitutes in their order. */
  rank: number;
  name: string;
  employment: string;
  /** Masked ("***-****-0017") unless the publication policy shows it. */
  phone?: string;
  office_phone?: string;
}

interface GridRef {
  id: number;
  code: string;
  name: string;
}

export interface GridLink extends GridRef {
  level: Level;
  type: string;
  type_name: string;
  staff: StaffPost[] | null;
}

interface Candidate extends GridRef {
  distance_m: number;
  /** Share of the accuracy circle, 0 to 1. */
  share: number;
}

export interface LonLat {
  lon: number;
  lat: number;
}

export interface Answer {
  status: "inside" | "near_border" | "outside";
  point: LonLat & { crs: string };
  accuracy_m: number;
  network: string;
  edition: number;
  data_date: string;
  chain: GridLink[] | null;
  atom: { id: number; code: string; name: string; kind: string } | null;
  certain_level: Level | null;
  candidates: Candidate[] | null;
  nearest_border: { distance_m: number; point: LonLat; across: GridRef | null } | null;
  nearest: { distance_m: number; chain: GridLink[] } | null;
  message: string;
}

export interface GridItem extends GridRef {
  level: Level;
  type: string;
  type_name: string;
  parent: number | null;
  colour: number;
  bbox: BBox;
  label: [lon: number, lat: number];
  children: number;
  atoms: number;
  counts: Record<string, number | null> | null;
  area_m2: number;
}

export interface GridDetail extends GridItem {
  chain: GridLink[];
}

export interface GridPage {
  grids: GridItem[];
  total: number;
}

export interface Suggestion {
  /** Grids and places can be gone to; the others complete the text. */
  kind: "grid" | "place" | "area" | "road" | "number" | "compound" | "building";
  /** Of the grid or the place; 0 for a completion. */
  id: number;
  text: string;
  detail: string;
  lon?: number;
  lat?: number;
  bbox?: BBox;
}

/** What of an answer to an address the search box reads. */
export interface AddressAnswer {
  message: string;
  match: { place?: { id: number; address: string; name: string; lon?: number; lat?: number } };
}

export interface PointQuery extends LonLat {
  crs: Crs;
  /** Radius of the accuracy circle in metres; absent when unknown. */
  accuracyM?: number;
}
