import { css } from 'lit'

/** The details panel. Its colours come from the pill's style sheet. */
export const panelStyles = css`
  #panel {
    position: fixed;
    inset: auto;
    box-sizing: border-box;
    margin: 0;
    padding: 0 16px;
    overflow: auto;
    border: 1px solid var(--_line);
    border-radius: 8px;
    background: var(--_surface);
    color: var(--_text);
    box-shadow: 0 8px 32px oklch(0.2 0.03 255 / 0.24);
    font-weight: 400;
  }
  section {
    padding-block: 12px;
  }
  section + section {
    border-block-start: 1px solid var(--_line);
  }
  h2 {
    display: flex;
    align-items: center;
    gap: 8px;
    margin: 0;
    font: 600 14px/20px system-ui, sans-serif;
  }
  p {
    margin: 4px 0 0;
    overflow-wrap: anywhere;
  }
  .muted {
    color: var(--_muted);
  }
  dl {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 8px 16px;
    margin: 12px 0 0;
  }
  .wide {
    grid-column: 1 / -1;
  }
  dt {
    color: var(--_muted);
    font-size: 12px;
    line-height: 16px;
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .choice {
    display: flex;
    gap: 8px;
    margin-block-start: 12px;
  }
  .act {
    flex: 1;
    min-block-size: 36px;
    padding: 4px 12px;
    border: 1px solid var(--_line);
    border-radius: 8px;
    background: var(--_raised);
    font-weight: 500;
  }
  .act:hover {
    border-color: var(--_accent);
  }
  details {
    margin-block-start: 12px;
  }
  summary {
    cursor: pointer;
    color: var(--_accent);
  }
  pre {
    margin: 8px 0 0;
    padding: 8px;
    max-block-size: 160px;
    overflow: auto;
    border-radius: 8px;
    background: var(--_raised);
    font: 12px/1.5 ui-monospace, monospace;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .route {
    display: block;
    inline-size: 100%;
  }
  .leg {
    fill: none;
    stroke: var(--_line);
    stroke-width: 2;
    stroke-linecap: round;
  }
  .live {
    stroke: var(--_accent);
    stroke-width: 3;
  }
  .trying {
    stroke: var(--_muted);
    stroke-dasharray: 2 6;
  }
  .broken {
    stroke: var(--_muted);
    stroke-dasharray: 36 24;
  }
  .leg.idle {
    opacity: 0.5;
  }
  .place {
    fill: var(--_raised);
    stroke: var(--_muted);
    stroke-width: 1.5;
  }
  .route text {
    fill: var(--_muted);
    font: 12px system-ui, sans-serif;
    text-anchor: middle;
  }
`
