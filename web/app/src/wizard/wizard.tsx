import { render } from "preact";
import { connect, keepConnected } from "../state/connection";
import { begin } from "./state/actions";
import { Wizard } from "./view/Wizard";
import "./styles/index.css";

/** Shows the import wizard. Leaving it for another address starts the page anew. */
export async function startWizard(root: HTMLElement): Promise<void> {
  addEventListener("hashchange", () => {
    if (!/^#\/import(?:\/|$)/u.test(location.hash)) location.reload();
  });
  render(<Wizard />, root);
  await connect();
  keepConnected();
  await begin();
}
