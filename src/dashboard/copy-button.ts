import { html, type TemplateResult } from 'lit'
import { DASHBOARD_COPIED_PERIOD } from '../constants.ts'
import { LightElement } from './light-element.ts'

/** `<hb-copy>`: copies a text, and says that it did. */
export class CopyButton extends LightElement {
  static override readonly properties = { text: {}, what: {}, isCopied: { state: true } }

  declare text: string
  /** What it is, for those who cannot see beside what the button stands. */
  declare what: string
  declare isCopied: boolean
  #timer: ReturnType<typeof setTimeout> | undefined

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
  }

  protected override render(): TemplateResult {
    return html`<button class="copy" aria-label="Copy ${this.what}" @click=${this.#copy}>
      ${this.isCopied ? 'Copied' : 'Copy'}
    </button>`
  }

  readonly #copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(this.text)
    } catch {
      // Not allowed here: the text stands beside it and can be marked.
      return
    }
    this.isCopied = true
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.isCopied = false
    }, DASHBOARD_COPIED_PERIOD)
  }
}
