import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit'

/** The shapes of the reports' states: told apart without colour. */
export type Shape =
  | 'flowing'
  | 'connecting'
  | 'unconfirmed'
  | 'paused'
  | 'refused'
  | 'resting'
  | 'off'
  | 'elsewhere'

const SHAPES: Record<Shape, SVGTemplateResult> = {
  flowing: svg`<circle cx="8" cy="8" r="5" class="full" />`,
  connecting: svg`<circle cx="8" cy="8" r="5" /><path d="M8 3a5 5 0 0 1 0 10z" class="full" />`,
  unconfirmed: svg`<circle cx="8" cy="8" r="5" stroke-dasharray="2.6 2.6" /><circle cx="8" cy="8" r="1.6" class="full" />`,
  paused: svg`<path d="M5.5 4v8M10.5 4v8" />`,
  refused: svg`<path d="m4 4 8 8m0-8-8 8" />`,
  resting: svg`<path d="M12.5 9.6A5 5 0 1 1 6.4 3.5a4.2 4.2 0 0 0 6.1 6.1z" class="full" />`,
  off: svg`<circle cx="8" cy="8" r="5" />`,
  elsewhere: svg`<path d="M3 3h7v7H3zM6 10v3h7V6h-3" />`
}

/** Draws a shape, 16 by 16 px, beside the words that say the same. */
export function drawShape(shape: Shape): TemplateResult {
  return html`<svg class="shape" part="shape" viewBox="0 0 16 16" aria-hidden="true">${SHAPES[shape]}</svg>`
}
