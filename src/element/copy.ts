import { html, nothing, type TemplateResult } from 'lit'
import { ELEMENT_COPIED_PERIOD } from '../constants.ts'
import type { Language } from './language.ts'
import type { PanelHost } from './panel-host.ts'
import { supportText } from './support-text.ts'

interface Outcome {
  readonly isCopied: boolean
}

/** What became of the last time that somebody asked for a copy. */
const outcomes = new WeakMap<PanelHost, Outcome>()

/** A button that copies what a helper asks for, and shows it where the browser lets nobody copy. */
export function drawCopy(host: PanelHost, language: Language): TemplateResult {
  const outcome = outcomes.get(host)
  const copy = async (): Promise<void> => {
    const tell = (isCopied: boolean): Outcome => {
      const told = { isCopied }
      outcomes.set(host, told)
      host.requestUpdate()
      return told
    }
    try {
      await navigator.clipboard.writeText(supportText(host))
    } catch {
      tell(false)
      return
    }
    const told = tell(true)
    setTimeout(() => {
      if (outcomes.get(host) !== told) return
      outcomes.delete(host)
      host.requestUpdate()
    }, ELEMENT_COPIED_PERIOD)
  }
  return html`
    <button class="act" part="button" @click=${copy}>
      ${language.say(outcome?.isCopied ? 'copied' : 'copy')}
    </button>
    ${
      outcome?.isCopied === false
        ? html`<p>${language.say('copy-failed')}</p>
            <pre dir="ltr" tabindex="0">${supportText(host)}</pre>`
        : nothing
    }
  `
}
