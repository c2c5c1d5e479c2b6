import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit'
import type { Sign } from './words.ts'

/** The shapes of states: told apart without colour. */
export type Shape =
  | 'beating'
  | 'asleep'
  | 'overdue'
  | 'left'
  | 'down'
  | 'same'
  | 'differs'
  | 'unknown'
  | 'alert'

const SHAPES: Readonly<Record<Shape, SVGTemplateResult>> = {
  beating: svg`<circle cx="8" cy="8" r="4.6" class="full" />`,
  asleep: svg`<path d="M12.5 9.6A5 5 0 1 1 6.4 3.5a4.2 4.2 0 0 0 6.1 6.1z" class="full" />`,
  overdue: svg`<circle cx="8" cy="8" r="5" /><path d="M8 3a5 5 0 0 1 0 10z" class="full" />`,
  left: svg`<circle cx="8" cy="8" r="5" />`,
  down: svg`<path d="m4 4 8 8m0-8-8 8" />`,
  same: svg`<path d="m3 8.5 3.4 3.4L13 5" />`,
  differs: svg`<path d="M3 6h10M3 10h10M10.5 3l-5 10" />`,
  unknown: svg`<path d="M4.5 8h7" />`,
  alert: svg`<path d="M8 2.6 14 13H2z" /><path d="M8 6.6v3M8 11.4v.1" />`
}

/** A shape as an SVG of 16 by 16 px that takes the colour of its text. */
export function drawShape(shape: Shape): TemplateResult {
  return html`<svg class="shape" viewBox="0 0 16 16" aria-hidden="true">${SHAPES[shape]}</svg>`
}

/** A state by shape, word and colour. */
export function drawSign({ shape, word, tone }: Sign): TemplateResult {
  return html`<span class="sign ${tone}">${drawShape(shape)}<span>${word}</span></span>`
}
