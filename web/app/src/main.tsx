import { render } from "preact";
import { asOf } from "./api/asof";
import { App } from "./App";
import { startKeys } from "./chrome/keys";
import { startMapColours } from "./map/cssvars";
import { follow, startAddress } from "./state/address";
import { connect, keepConnected } from "./state/connection";
import { decodeHash } from "./state/hash";
import { startPrefs } from "./state/prefs";
import "./styles/index.css";

/** A sign-in page can lead back to an address with a question mark only: it stands for the one behind the hash. */
function fromQuestion(): void {
  const asked = new URLSearchParams(location.search);
  const id = asked.get("plan");
  if (id !== null && /^\d{1,15}$/u.test(id)) history.replaceState(null, "", `/#/plan/${id}`);
  else if (asked.has("plans")) history.replaceState(null, "", "/#/plans");
}

const editing = (): boolean => /^#\/plans?(?:\/|$)/u.test(location.hash);

async function start(): Promise<void> {
  fromQuestion();
  startPrefs();
  startMapColours();
  const root = document.getElementById("app");
  if (!root) return;
  if (editing()) {
    const { startPlans } = await import("./plan/start");
    await startPlans(root);
    return;
  }
  addEventListener("hashchange", () => {
    if (editing()) location.reload();
  });
  asOf.value = decodeHash(location.hash).at ?? "";
  render(<App />, root);
  startKeys();
  await connect();
  keepConnected();
  const asked = decodeHash(location.hash);
  startAddress();
  follow(asked);
}

void start();
