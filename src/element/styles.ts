import { css } from 'lit'

/** The pill, and the colours of everything. Wallets override the custom properties. */
export const pillStyles = css`
  :host {
    --_surface: var(--fil-heartbeat-surface, light-dark(oklch(0.99 0.003 250), oklch(0.24 0.014 255)));
    --_raised: var(--fil-heartbeat-raised, light-dark(oklch(0.965 0.005 250), oklch(0.29 0.016 255)));
    --_line: var(--fil-heartbeat-line, light-dark(oklch(0.88 0.01 250), oklch(0.38 0.018 255)));
    --_text: var(--fil-heartbeat-text, light-dark(oklch(0.27 0.02 255), oklch(0.95 0.006 250)));
    --_muted: var(--fil-heartbeat-muted, light-dark(oklch(0.48 0.02 255), oklch(0.74 0.015 250)));
    --_accent: var(--fil-heartbeat-accent, light-dark(oklch(0.51 0.16 250), oklch(0.76 0.13 245)));
    --_fine: var(--fil-heartbeat-fine, light-dark(oklch(0.48 0.1 170), oklch(0.8 0.12 172)));
    --_slow: var(--fil-heartbeat-slow, light-dark(oklch(0.5 0.12 65), oklch(0.82 0.13 80)));
    --_other: var(--fil-heartbeat-other, light-dark(oklch(0.5 0.19 27), oklch(0.77 0.14 25)));
    --_font: var(--fil-heartbeat-font, system-ui, sans-serif);
  }
  .face {
    position: relative;
    font: 500 13px/1.4 var(--_font);
    font-variant-numeric: tabular-nums;
    color: var(--_text);
    text-align: start;
  }
  button {
    font: inherit;
    color: inherit;
    cursor: pointer;
  }
  button:focus-visible,
  summary:focus-visible,
  a:focus-visible,
  pre:focus-visible,
  .panel:focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  .pill {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    column-gap: 6px;
    box-sizing: border-box;
    block-size: 32px;
    max-inline-size: 100%;
    padding: 0;
    padding-inline: 7px;
    overflow: hidden;
    border: 1px solid var(--_line);
    border-radius: 16px;
    background: var(--_surface);
    line-height: 30px;
  }
  .pill:hover {
    background: var(--_raised);
  }
  .pill .shape {
    margin-block: 7px;
  }
  /* Words that have no room go to a line of their own, which is not seen: first the label, whose
     line is above the one that shows, then the chain, which is below the pill. */
  .words {
    display: flex;
    flex: 1 1 0;
    flex-wrap: wrap;
    align-content: flex-end;
    column-gap: 8px;
    min-inline-size: min-content;
    block-size: 30px;
    padding-inline-end: 4px;
    overflow: hidden;
  }
  .label,
  .chain {
    max-block-size: 30px;
    overflow: hidden;
  }
  .chain {
    padding-inline-start: 8px;
    white-space: nowrap;
    background: linear-gradient(var(--_line), var(--_line)) 0 50% / 1px 18px no-repeat;
  }
  .chain:dir(rtl) {
    background-position-x: 100%;
  }
  .shape {
    flex: none;
    inline-size: 16px;
    block-size: 16px;
    fill: none;
    stroke: var(--_muted);
    stroke-width: 1.6;
    stroke-linejoin: round;
    stroke-linecap: round;
  }
  .shape .full {
    fill: var(--_muted);
  }
  .flows .shape {
    stroke: var(--_accent);
  }
  .flows .shape .full {
    fill: var(--_accent);
  }
  .fine {
    color: var(--_fine);
  }
  .slow {
    color: var(--_slow);
  }
  .other {
    color: var(--_other);
  }
  .unknown {
    color: var(--_muted);
  }
  [role='status'] {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (forced-colors: active) {
    :host {
      --_muted: CanvasText;
      --_line: CanvasText;
      --_accent: Highlight;
    }
  }
`
