import { html, type TemplateResult } from 'lit'
import { AnswerError } from '../errors.ts'
import { type Api, problemOf } from './api.ts'
import { LightElement } from './light-element.ts'

/** `<hb-token>`: asks for the token of an aggregator that has one, and tells `hb-opened`. */
export class TokenForm extends LightElement {
  static override readonly properties = {
    api: { attribute: false },
    problem: { state: true },
    isAsking: { state: true }
  }

  declare api: Api
  declare problem: string | undefined
  declare isAsking: boolean

  protected override firstUpdated(): void {
    this.querySelector<HTMLInputElement>('#token')?.focus()
  }

  protected override render(): TemplateResult {
    return html`<section class="card token" aria-labelledby="token-title">
      <h1 id="token-title">This aggregator asks for its token</h1>
      <p>It was set when the aggregator was started. This browser remembers that it was given.</p>
      <form @submit=${this.#submit}>
        <input type="text" name="user" autocomplete="username" value="operator" hidden />
        <label for="token">Token</label>
        <input
          id="token"
          name="token"
          type="password"
          autocomplete="current-password"
          required
          aria-describedby="token-problem"
        />
        <button class="first" ?disabled=${this.isAsking}>${this.isAsking ? 'Asking…' : 'Open'}</button>
        <p id="token-problem" class="problem" role="alert">${this.problem}</p>
      </form>
    </section>`
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const input = this.querySelector<HTMLInputElement>('#token')
    this.isAsking = true
    try {
      await this.api.open(input?.value ?? '')
      this.dispatchEvent(new Event('hb-opened'))
    } catch (error) {
      const isWrong = error instanceof AnswerError && [401, 403].includes(error.status)
      this.problem = isWrong ? 'That is not its token.' : problemOf(error)
      input?.select()
    } finally {
      this.isAsking = false
    }
  }
}
