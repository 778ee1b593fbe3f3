import { signal } from "@preact/signals";
import { render } from "preact";
import { connect, keepConnected } from "../state/connection";
import { fieldRoute } from "./route";
import { startSending } from "./state/letters";
import { FieldPage } from "./view/FieldPage";
import { FieldPlans } from "./view/FieldPlans";
import "./styles/field.css";

const route = signal(fieldRoute(location.hash));

/** Shows the pages for walking the line. Leaving them for another page starts that anew. */
export async function startField(root: HTMLElement): Promise<void> {
  addEventListener("hashchange", () => {
    const next = fieldRoute(location.hash);
    if (next === null) location.reload();
    else route.value = next;
  });
  render(<Pages />, root);
  startSending();
  await connect();
  keepConnected();
}

function Pages() {
  const at = route.value;
  return typeof at === "number" ? <FieldPage key={at} id={at} /> : <FieldPlans />;
}
