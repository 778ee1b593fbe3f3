/** Keys and what they do; keys that are pressed together or in turn have a space between them. */
export function KeyList({ keys }: { keys: readonly (readonly [string, string])[] }) {
  return (
    <dl class="keys">
      {keys.map(([key, words]) => (
        <div key={key}>
          <dt>
            {key.split(" ").map((k) => (
              <kbd key={k}>{k}</kbd>
            ))}
          </dt>
          <dd>{words}</dd>
        </div>
      ))}
    </dl>
  );
}
