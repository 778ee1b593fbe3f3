import { KeyList } from "../../chrome/KeyList";
import { p } from "../i18n/text";
import { Modal } from "./Modal";

const keys = [
  ["V", "tool.select"],
  ["B", "tool.brush"],
  ["L", "tool.lasso"],
  ["X", "tool.box"],
  ["E", "tool.vertex"],
  ["K", "tool.cut"],
  ["C", "tool.comment"],
  ["[ ]", "help.size"],
  ["Ctrl Z", "do.undo"],
  ["Ctrl Shift Z", "do.redo"],
  ["N", "help.next"],
  ["Shift N", "help.before"],
  ["F", "help.fix"],
  ["/", "help.search"],
  ["M", "help.map"],
  ["W", "help.paint"],
  ["Y", "layers.title"],
  ["Enter", "help.enter"],
  ["Shift Enter", "help.finish"],
  ["Delete", "help.delete"],
  ["Alt", "help.alt"],
  [", .", "help.replay"],
  ["Esc", "help.esc"],
] as const;

export function HelpDialog() {
  return (
    <Modal title={p("help.title")}>
      <ul>
        <li>{p("help.brush")}</li>
        <li>{p("help.lasso")}</li>
        <li>{p("help.vertex")}</li>
        <li>{p("help.cut")}</li>
        <li>{p("help.together")}</li>
      </ul>
      <h3>{p("help.keys")}</h3>
      <KeyList keys={keys.map(([key, text]) => [key, p(text)])} />
    </Modal>
  );
}
