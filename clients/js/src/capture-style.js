/** How the component looks. Custom properties and `::part` of the page change it. */

export const STYLE = `
:host { display: block; font: inherit; color: inherit; }
:host([hidden]), [hidden] { display: none !important; }
.box { display: grid; gap: 0.75rem; }
.stage { position: relative; overflow: hidden; border-radius: 0.5rem; background: #000; transform: scaleX(-1); }
video { display: block; width: 100%; max-height: 70vh; }
svg { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; }
ellipse {
  fill: none; stroke: var(--bonaface-oval, #fff); stroke-width: 4px; stroke-dasharray: 10 8; vector-effect: non-scaling-stroke;
  transition: cx 0.25s, cy 0.25s, rx 0.25s, ry 0.25s;
}
.ready ellipse { stroke: var(--bonaface-ready, #4ade80); stroke-dasharray: none; }
.hint { margin: 0; min-height: 1.5em; font-weight: 600; }
.row { display: flex; flex-wrap: wrap; gap: 0.5rem; }
button {
  font: inherit; color: inherit; min-height: 2.75rem; padding: 0.25rem 1rem; cursor: pointer;
  border: 1px solid currentcolor; border-radius: 0.375rem; background: transparent;
}
button.first { background: var(--bonaface-accent, #1d4ed8); border-color: transparent; color: var(--bonaface-on-accent, #fff); }
button:focus-visible { outline: 3px solid var(--bonaface-focus, #60a5fa); outline-offset: 2px; }
@media (prefers-reduced-motion: reduce) { ellipse { transition: none; } }
@media (forced-colors: active) { ellipse { stroke: Highlight; } }
`;
