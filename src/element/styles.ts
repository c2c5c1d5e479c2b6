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
    display: inline-block;
    position: relative;
    max-inline-size: 100%;
    font: 500 13px/1.4 system-ui, sans-serif;
    font-variant-numeric: tabular-nums;
    color: var(--_text);
  }
  :host([hidden]) {
    display: none;
  }
  button {
    font: inherit;
    color: inherit;
    cursor: pointer;
  }
  button:focus-visible,
  summary:focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  .pill {
    display: flex;
    align-items: center;
    gap: 8px;
    block-size: 32px;
    max-inline-size: 100%;
    padding-inline: 10px 12px;
    border: 1px solid var(--_line);
    border-radius: 16px;
    background: var(--_surface);
    white-space: nowrap;
  }
  .pill:hover {
    background: var(--_raised);
  }
  .reports {
    display: flex;
    align-items: center;
    gap: 6px;
    min-inline-size: 0;
  }
  .label {
    overflow: hidden;
    text-overflow: ellipsis;
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
  .chain {
    padding-inline-start: 8px;
    border-inline-start: 1px solid var(--_line);
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
  @media (max-width: 480px) {
    .pill .label {
      display: none;
    }
  }
`
