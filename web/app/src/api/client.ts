import { asOf } from "./asof";
import { ApiProblem, problemFrom } from "./problem";
import { notBefore } from "./seen";
import type { AddressAnswer, Answer, GridDetail, GridPage, Meta, PointQuery, Suggestion } from "./types";

type Params = Record<string, string | number | undefined>;

function withParams(path: string, params: Params): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** Parameters with the day that the page is about. */
const then = (params: Params = {}): Params => ({ ...params, at: asOf.value });

async function get<T>(url: string, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, { headers: { Accept: "application/json", ...notBefore() }, ...(signal ? { signal } : {}) });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiProblem("", 0, "offline");
  }
  if (!response.ok) throw await problemFrom(response);
  return (await response.json()) as T;
}

export const getMeta = (): Promise<Meta> => get<Meta>(withParams("/v1/meta", then()));

export const resolveUrl = (q: PointQuery, network: string): string =>
  withParams(
    "/v1/resolve",
    then({ lon: q.lon, lat: q.lat, crs: q.crs, accuracy: q.accuracyM, network, out_crs: "wgs84" }),
  );

export const resolvePoint = (q: PointQuery, network: string, signal?: AbortSignal): Promise<Answer> =>
  get<Answer>(resolveUrl(q, network), signal);

export const getGrid = (id: number, signal?: AbortSignal): Promise<GridDetail> =>
  get<GridDetail>(withParams(`/v1/grids/${id}`, then()), signal);

export const gridGeojsonUrl = (id: number): string => withParams(`/v1/grids/${id}.geojson`, then());

export const getGridShape = (id: number, signal?: AbortSignal): Promise<GeoJSON.FeatureCollection> =>
  get<GeoJSON.FeatureCollection>(gridGeojsonUrl(id), signal);

export const listGrids = (
  f: { network: string; level?: string; parent?: number; q?: string; limit: number },
  signal?: AbortSignal,
): Promise<GridPage> => get<GridPage>(withParams("/v1/grids", then(f)), signal);

export const resolveAddress = (address: string, signal?: AbortSignal): Promise<AddressAnswer> =>
  get<AddressAnswer>(withParams("/v1/resolve", { address }), signal);

export const suggest = async (q: string, limit: number, signal?: AbortSignal): Promise<Suggestion[]> => {
  const { items } = await get<{ items: Suggestion[] | null }>(withParams("/v1/suggest", { q, limit }), signal);
  return items ?? [];
};
