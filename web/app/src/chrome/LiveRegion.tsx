import { spoken } from "../state/app";

/** Tells screen readers the answer the moment it is there. */
export function LiveRegion() {
  return (
    <div id="spoken" class="unseen" role="status" aria-live="polite" aria-atomic="true">
      {spoken.value}
    </div>
  );
}
