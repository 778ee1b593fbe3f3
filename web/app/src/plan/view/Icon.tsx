// Line icons on a 20 × 20 field, drawn for the editor; the stroke takes the colour of the text around it.
const paths = {
  select: "M10 2v16M2 10h16M7.5 4.500L10 2l2.500 2.500M7.500 15.500L10 18l2.500-2.500M4.500 7.500L2 10l2.500 2.500M15.500 7.500L18 10l-2.500 2.500",
  brush: "M17 3L9 11M9 11c-2-.6-4 .4-4.500 2.500C4.200 15 3.500 16 2.500 16.500c3 1 7 .3 7.500-2.700.2-1.200-.3-2.200-1-2.800z",
  lasso: "M10 3.500c4 0 7 2 7 4.700s-3 4.700-7 4.700-7-2-7-4.700 3-4.700 7-4.700zM5.500 12c-1 1-.8 2.300.5 2.500 1.500.3 1.800 1.500.8 2.500",
  box: "M3.500 3.500h3M8.500 3.500h3M13.500 3.500h3v3M16.500 8.500v3M16.500 13.500v3h-3M11.500 16.500h-3M6.500 16.500h-3v-3M3.500 11.500v-3M3.500 6.500v-3",
  vertex: "M3 15.500h3v-3H3zM14 7.500h3v-3h-3zM5 12.500V7.500M6 14h4l4.500-6.500M3.500 4.500h3v3h-3z",
  cut: "M5 16L15 4M15 16L5 4M5.500 17.500a2 2 0 1 1 0-4 2 2 0 0 1 0 4zM14.500 17.500a2 2 0 1 1 0-4 2 2 0 0 1 0 4z",
  comment: "M3.500 4h13v9.500H9L5.500 17v-3.500h-2z",
  undo: "M7.500 4L3.500 8l4 4M4 8h8a4.500 4.500 0 0 1 0 9H8.500",
  redo: "M12.500 4l4 4-4 4M16 8H8a4.500 4.500 0 0 0 0 9h3.500",
  lock: "M5 9h10v8H5zM7 9V6.500a3 3 0 0 1 6 0V9",
  unlock: "M5 9h10v8H5zM7 9V6a3 3 0 0 1 5.800-1",
  print: "M6 7V3h8v4M6 14H3.500V7h13v7H14M6 12h8v5.500H6z",
  compare: "M10 2.500v15M3 5h4.500v10H3M17 5h-4.500v10H17",
  list: "M3 5h14M3 10h14M3 15h14",
  back: "M12 4l-6 6 6 6",
  layers: "M10 3l7.500 4-7.500 4-7.500-4zM2.500 10.500l7.500 4 7.500-4M2.500 13.800l7.500 4 7.500-4",
  people: "M7 4a2.700 2.700 0 1 1 0 5.400A2.700 2.700 0 0 1 7 4zM2 16c.2-3 2-4.500 5-4.500s4.800 1.500 5 4.500M13 4.500a2.500 2.500 0 1 1 0 5M14 11.800c2.500.2 3.800 1.700 4 4.200",
} as const;

export type PlanIconName = keyof typeof paths;

/** A picture beside words that say the same; hidden from screen readers. */
export function PlanIcon({ name }: { name: PlanIconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
