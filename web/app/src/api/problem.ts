/** What went wrong with a request, in words a person can act on. `offline` means that no answer came at all. */
export class ApiProblem extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
  ) {
    super(message);
    this.name = "ApiProblem";
  }

  get offline(): boolean {
    return this.status === 0;
  }
}

/** Reads an RFC 9457 body; falls back to the status line when the body is something else. */
export async function problemFrom(response: Response): Promise<ApiProblem> {
  try {
    const body: unknown = await response.json();
    if (body && typeof body === "object") {
      const { detail, title, code } = body as { detail?: unknown; title?: unknown; code?: unknown };
      const text = typeof detail === "string" && detail ? detail : typeof title === "string" ? title : "";
      if (text) return new ApiProblem(text, response.status, typeof code === "string" ? code : "");
    }
  } catch {
    // not JSON: the status line below is all there is
  }
  return new ApiProblem(`HTTP ${response.status}`, response.status, "");
}
