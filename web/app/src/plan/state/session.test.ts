import { beforeEach, describe, expect, it, vi } from "vitest";

/** What the page needs of a browser beside fetch. */
class Stream {
  static last: Stream | null = null;
  static readonly CLOSED = 2;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  private readonly heard = new Map<string, (event: { data: string }) => void>();

  constructor() {
    Stream.last = this;
  }

  addEventListener(name: string, use: (event: { data: string }) => void): void {
    this.heard.set(name, use);
  }

  tell(name: string, data: unknown): void {
    this.heard.get(name)?.({ data: JSON.stringify(data) });
  }

  close(): void {
    this.heard.clear();
  }
}

const at = (n: number) => ({ id: [1, 2], owner: [n, n] });
const board = (rev: number, owner: number) => ({ rev, bounds: [0, 0, 1, 1], grids: [], atoms: at(owner) });
const plan = (rev: number) => ({ id: 1, name: "甲", state: "draft", rev, can: { edit: true } });
const turn = () => new Promise((done) => setTimeout(done, 0));

describe("a draft on the screen", () => {
  let answers: Record<"board" | "ops" | "comments" | "plan", (() => unknown)[]>;

  beforeEach(() => {
    vi.resetModules();
    answers = { board: [], ops: [], comments: [], plan: [] };
    vi.stubGlobal("EventSource", Stream);
    vi.stubGlobal("window", globalThis);
    vi.stubGlobal("fetch", async (url: string) => {
      const kind = url.endsWith("/plans/1") ? "plan" : (["board", "ops", "comments"] as const).find((name) => url.endsWith(`/${name}`));
      const next = kind && (await answers[kind].shift()?.());
      return new Response(JSON.stringify(next ?? plan(9)), { status: 200 });
    });
  });

  async function opened() {
    const session = await import("./session");
    const store = await import("./store");
    await session.openPlan(1);
    Stream.last?.onopen?.();
    return { session, store };
  }

  it("is read anew when an answer begins after what the screen has heard", async () => {
    answers.board = [() => board(3, 10), () => board(5, 20)];
    const { store } = await opened();
    Stream.last?.tell("op", { rev: 5, actor: "乙", effects: { from: 4, rev: 5, atoms: { id: [1], owner: [20] } } });
    for (let i = 0; i < 5; i++) await turn();
    expect(store.board.value?.rev).toBe(5);
    expect(store.board.value?.ownerOf(2)).toBe(20);
  });

  it("never goes back to a board that was asked for before what it heard since", async () => {
    let late: (board: unknown) => void = () => undefined;
    answers.board = [() => board(3, 10), () => new Promise((told) => (late = told)), () => board(4, 20)];
    const { session, store } = await opened();
    const asked = session.refreshPlan();
    for (let i = 0; i < 5; i++) await turn();
    Stream.last?.tell("op", { rev: 4, actor: "乙", effects: { from: 3, rev: 4, atoms: { id: [1], owner: [20] } } });
    late(board(3, 10));
    await asked;
    expect(store.board.value?.rev).toBe(4);
    expect(store.board.value?.ownerOf(1)).toBe(20);
  });

  it("shows the newest of answers that overtake one another", async () => {
    answers.board = [() => board(9, 10)];
    const { session, store } = await opened();
    for (let i = 0; i < 5; i++) await turn();
    const { refreshComments } = await import("./side");
    const late: ((answer: unknown) => void)[] = [];
    const slow = () => new Promise((told) => late.push(told));
    answers.comments = [slow, () => ({ comments: [{ id: 1 }, { id: 2 }] })];
    answers.plan = [slow, () => ({ ...plan(9), state: "published" })];
    const asked = [refreshComments(), session.refreshPlan()];
    await turn();
    await Promise.all([refreshComments(), session.refreshPlan()]);
    late[0]?.({ comments: [{ id: 1 }] });
    late[1]?.({ ...plan(9), state: "approved" });
    await Promise.all(asked);
    expect(store.comments.value.map(({ id }) => id)).toEqual([1, 2]);
    expect(store.plan.value?.state).toBe("published");
  });
});
