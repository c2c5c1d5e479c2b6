import { html, type TemplateResult } from 'lit'
import { SPANS, type Span } from './range.ts'

/** Lets somebody choose how far back charts go. */
export function drawSpanChoice(
  chosen: Span,
  what: string,
  choose: (span: Span) => void
): TemplateResult {
  return html`<div class="choice" role="group" aria-label="How far back ${what} goes">
    ${SPANS.map(
      (span) => html`<button aria-pressed=${span === chosen} @click=${() => choose(span)}>
        ${span.name}
      </button>`
    )}
  </div>`
}
