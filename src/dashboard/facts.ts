import { html, nothing, type TemplateResult } from 'lit'

/** One fact with its name; left out when there is none. */
export function drawFact(name: string, value: unknown): TemplateResult | typeof nothing {
  if (value === undefined || value === '' || value === nothing) return nothing
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`
}

/** An identifier that can be copied. */
export function drawId(id: string, what: string): TemplateResult {
  return html`<span class="id"><code>${id}</code><hb-copy .text=${id} .what=${what}></hb-copy></span>`
}
