import * as s from "../state/store";
import { ActDialog } from "./ActDialog";
import { ClashDialog } from "./ClashDialog";
import { CommentDialog } from "./CommentDialog";
import { DiffDialog } from "./DiffDialog";
import { CreateDialog, CutDialog, MergeDialog, RetireDialog } from "./GridDialogs";
import { HelpDialog } from "./HelpDialog";
import { PreviewDialog } from "./PreviewDialog";

/** The one dialog that is open, if any. */
export function Dialogs() {
  const open = s.dialog.value;
  switch (open?.kind) {
    case "help":
      return <HelpDialog />;
    case "clash":
      return <ClashDialog problem={open.problem} item={open.item} />;
    case "act":
      return <ActDialog action={open.action} />;
    case "cut":
      return <CutDialog grid={open.grid} line={open.line} />;
    case "merge":
      return <MergeDialog grids={open.grids} />;
    case "create":
      return <CreateDialog atoms={open.atoms} />;
    case "retire":
      return <RetireDialog grid={open.grid} />;
    case "comment":
      return <CommentDialog point={open.point} grid={open.grid} />;
    case "preview":
      return <PreviewDialog />;
    case "diff":
      return <DiffDialog />;
    default:
      return null;
  }
}
