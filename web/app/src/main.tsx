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
  else if (asked.has("import")) history.replaceState(null, "", "/#/import");
  else if (asked.has("field")) history.replaceState(null, "", `/#/field/${asked.get("field")?.replace(/\D/gu, "") ?? ""}`);
}

type Room = (root: HTMLElement) => Promise<void>;

/** Pages of their own, each loaded when its address is opened; every other address is the public map. */
const rooms: [address: RegExp, load: () => Promise<Room>][] = [
  [/^#\/plans?(?:\/|$)/u, async () => (await import("./plan/start")).startPlans],
  [/^#\/import(?:\/|$)/u, async () => (await import("./wizard/wizard")).startWizard],
  [/^#\/field(?:\/|$)/u, async () => (await import("./field/start")).startField],
];

const roomNow = (): (() => Promise<Room>) | undefined => rooms.find(([address]) => address.test(location.hash))?.[1];

async function start(): Promise<void> {
  fromQuestion();
  startPrefs();
  startMapColours();
  const root = document.getElementById("app");
  if (!root) return;
  const room = roomNow();
  if (room) return (await room())(root);
  addEventListener("hashchange", () => {
    if (roomNow()) location.reload();
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
