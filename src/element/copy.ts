import { html, nothing, type TemplateResult } from 'lit'
import { ELEMENT_COPIED_PERIOD } from '../constants.ts'
import type { Language } from './language.ts'
import type { PanelHost } from './panel.ts'
import { supportText } from './support-text.ts'

/** What became of the last time that somebody asked for a copy. */
const outcomes = new WeakMap<PanelHost, 'copied' | 'failed'>()

/** A button that copies what a helper asks for, and shows it where the browser lets nobody copy. */
export function drawCopy(host: PanelHost, language: Language): TemplateResult {
  const outcome = outcomes.get(host)
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(supportText(host))
      outcomes.set(host, 'copied')
      setTimeout(() => {
        outcomes.delete(host)
        host.requestUpdate()
      }, ELEMENT_COPIED_PERIOD)
    } catch {
      outcomes.set(host, 'failed')
    }
    host.requestUpdate()
  }
  return html`
    <button class="act" part="button" @click=${copy}>
      ${language.say(outcome === 'copied' ? 'copied' : 'copy')}
    </button>
    ${
      outcome === 'failed'
        ? html`<p>${language.say('copy-failed')}</p>
            <pre dir="ltr" tabindex="0">${supportText(host)}</pre>`
        : nothing
    }
  `
}
