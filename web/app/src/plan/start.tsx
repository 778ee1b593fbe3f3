import { batch, signal } from "@preact/signals";
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { connect, keepConnected } from "../state/connection";
import { dayIn, revOf, routeOf } from "./route";
import { pendingCount } from "./state/store";
import { Editor } from "./view/Editor";
import { PlansPage } from "./view/PlansPage";
import "./styles/index.css";

const route = signal(routeOf(location.hash));
const rev = signal(revOf(location.hash));
const day = signal(dayIn(location.hash));

/** Shows the planners' pages. Leaving them for the public map starts the page anew. */
export async function startPlans(root: HTMLElement): Promise<void> {
  addEventListener("hashchange", () => {
    const next = routeOf(location.hash);
    if (next === null) location.reload();
    else {
      batch(() => {
        route.value = next;
        rev.value = revOf(location.hash);
        day.value = dayIn(location.hash);
      });
    }
  });
  addEventListener("beforeunload", (event) => {
    if (pendingCount.value > 0) event.preventDefault(); // not yet on the server
  });
  render(<Pages />, root);
  await connect();
  keepConnected();
}

function Pages() {
  const at = route.value;
  useEffect(() => scrollTo(0, 0), [at]);
  return typeof at === "number" ? <Editor key={at} id={at} rev={rev.value} day={day.value} /> : <PlansPage />;
}
