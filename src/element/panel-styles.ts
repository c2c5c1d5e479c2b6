import { css } from 'lit'

/** The details. Their colours come from the pill's style sheet. */
export const panelStyles = css`
  .panel {
    box-sizing: border-box;
    padding: 0 16px;
    border: 1px solid var(--_line);
    border-radius: 8px;
    background: var(--_surface);
    color: var(--_text);
    font-weight: 400;
    container-type: inline-size;
    /* Where nothing else says how wide a card is. */
    contain-intrinsic-inline-size: 320px;
  }
  #panel {
    position: fixed;
    inset: auto;
    margin: 0;
    overflow: auto;
    box-shadow: 0 8px 32px oklch(0.2 0.03 255 / 0.24);
  }
  section section {
    padding-block: 12px;
  }
  section + section {
    border-block-start: 1px solid var(--_line);
  }
  #panel > section {
    padding-block: 12px;
  }
  .head {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  h2 {
    display: flex;
    flex: 1;
    align-items: center;
    gap: 8px;
    margin: 0;
    font: 600 14px/20px var(--_font);
  }
  p {
    margin: 4px 0 0;
    overflow-wrap: anywhere;
  }
  .muted {
    margin-block-start: 8px;
    color: var(--_muted);
  }
  dl {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 8px 16px;
    margin: 12px 0 0;
  }
  .rows {
    grid-template-columns: 1fr;
    gap: 4px;
  }
  .rows > div {
    display: grid;
    grid-template-columns: 2fr 3fr;
    gap: 12px;
  }
  dt {
    color: var(--_muted);
    font-size: 12px;
    line-height: 16px;
  }
  .rows dt {
    line-height: 18px;
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  a {
    color: var(--_accent);
  }
  .choice {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-block-start: 12px;
  }
  .choice:first-child {
    margin-block-start: 0;
  }
  .choice > p,
  .choice > pre {
    inline-size: 100%;
    margin: 0;
  }
  /* However long the rest is: to agree and to refuse are in view. */
  .offer .choice {
    position: sticky;
    inset-block-end: 0;
    margin-block: 8px -12px;
    padding-block: 8px 12px;
    background: var(--_surface);
  }
  .act {
    flex: 1 1 0;
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
  .switch {
    flex: none;
    inline-size: 40px;
    block-size: 24px;
    padding: 0;
    border: 1px solid var(--_accent);
    border-radius: 12px;
    background: var(--_accent);
  }
  .switch::after {
    content: '';
    display: block;
    inline-size: 18px;
    block-size: 18px;
    margin-inline-start: 18px;
    border-radius: 50%;
    background: var(--_surface);
  }
  details {
    margin-block-start: 12px;
  }
  section > details:first-child {
    margin-block-start: 0;
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
  .route,
  .trips {
    display: block;
    inline-size: 100%;
    max-inline-size: 360px;
    margin-inline: auto;
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
  }
  .leg.idle {
    opacity: 0.6;
  }
  .place {
    fill: var(--_raised);
    stroke: var(--_muted);
    stroke-width: 1.5;
  }
  .route text {
    fill: var(--_muted);
    font: 12px var(--_font);
    text-anchor: middle;
  }
  .route .rtt {
    fill: var(--_text);
    font-weight: 600;
  }
  .trips {
    margin-block: 12px 0;
  }
  .trips svg {
    display: block;
    inline-size: 100%;
  }
  .trips path {
    fill: none;
    stroke: var(--_accent);
    stroke-width: 1.6;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .trips .lost {
    stroke: var(--_muted);
  }
  figcaption span {
    white-space: nowrap;
  }
  figcaption {
    display: flex;
    justify-content: space-between;
    gap: 8px;
    color: var(--_muted);
    font-size: 12px;
  }
  ::slotted(*) {
    margin-block: 0 12px;
  }
  @container (max-width: 240px) {
    dl,
    .rows > div {
      grid-template-columns: 1fr;
    }
    .rows > div {
      gap: 0;
    }
  }
  @media (forced-colors: active) {
    .switch {
      forced-color-adjust: none;
      border-color: CanvasText;
      background: Highlight;
    }
    .switch::after {
      background: Canvas;
    }
  }
`
