import { send } from "../../plan/api/request";
import type { LonLat, Plan, PlanComment } from "../../plan/api/types";
import { ApiProblem, problemFrom } from "../../api/problem";

interface GridName {
  id: number;
  code: string;
  name: string;
  /** Names of the grids above it, from the top. */
  upper?: string[] | null;
}

export interface Spot {
  /** Null: no grid holds the place. */
  grid: GridName | null;
  /** Metres to the border of that grid. */
  border_m: number | null;
  border_at?: LonLat;
  across?: GridName | null;
}

export interface Here {
  rev: number;
  now: Spot;
  proposed: Spot;
  changes: boolean;
}

const of = (plan: number, rest: string): string => `/v1/plans/${plan}${rest}`;

export const getHere = (plan: number, [lon, lat]: LonLat, signal: AbortSignal): Promise<Here> =>
  send<Here>("GET", of(plan, `/here?at=${lon.toFixed(7)},${lat.toFixed(7)}&crs=wgs84`), undefined, signal);

export const getPlan = (plan: number): Promise<Plan> => send<Plan>("GET", of(plan, ""));
export const listPlans = async (): Promise<Plan[]> =>
  (await send<{ plans: Plan[] | null }>("GET", "/v1/plans")).plans ?? [];
export const listComments = async (plan: number): Promise<PlanComment[]> =>
  (await send<{ comments: PlanComment[] | null }>("GET", of(plan, "/comments"))).comments ?? [];

/** Sends a remark; the same key again is the same remark. */
export const postComment = (plan: number, key: string, text: string, point: LonLat): Promise<PlanComment> =>
  send<PlanComment>("POST", of(plan, "/comments"), { key, text, point, crs: "wgs84" });

/** Adds the photo to one's own remark; the same photo again changes nothing. */
export async function putPhoto(plan: number, comment: number, photo: Blob): Promise<void> {
  let response: Response;
  try {
    response = await fetch(of(plan, `/comments/${comment}/photo`), {
      method: "PUT",
      headers: { Accept: "application/json", "Content-Type": "image/jpeg" },
      body: photo,
    });
  } catch {
    throw new ApiProblem("", 0, "offline");
  }
  if (!response.ok) throw await problemFrom(response);
}
