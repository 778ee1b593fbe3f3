/** The fill of a grid on the map. */
export function Swatch({ colour }: { colour: number | undefined }) {
  return (
    <svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">
      <rect class={`swatch-${colour ?? 0}`} width="12" height="12" rx="3" />
    </svg>
  );
}
