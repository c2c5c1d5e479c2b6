import {
  html,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult
} from 'lit'
import { systemClock } from '../timing/index.ts'
import { problemOf } from './api.ts'
import { Refetch } from './refetch.ts'

/** What is this near to the window is asked for already. */
const NEARLY = '400px'

/** What is known of a question that is asked again and again. */
export type Answer<T> =
  | { readonly phase: 'asking' }
  | { readonly phase: 'told'; readonly value: T }
  /** Says why there is no newer answer; `value` is the last one. */
  | { readonly phase: 'failed'; readonly problem: string; readonly value?: T }

/** Asks for as long as its element is in view, on a page that somebody looks at. */
export class Polled<T> implements ReactiveController {
  readonly #host: ReactiveControllerHost & Element
  readonly #refetch: Refetch<T>
  #answer: Answer<T> = { phase: 'asking' }
  #observer: IntersectionObserver | undefined
  #isInView = false

  /** @param period least time between two questions, in ms */
  constructor(
    host: ReactiveControllerHost & Element,
    ask: (signal: AbortSignal) => Promise<T>,
    period: number
  ) {
    this.#host = host
    this.#refetch = new Refetch({
      ask,
      period,
      clock: systemClock,
      onAnswer: (value) => this.#tell({ phase: 'told', value }),
      onProblem: (error) => this.#tell(this.#failed(problemOf(error)))
    })
    host.addController(this)
  }

  get answer(): Answer<T> {
    return this.#answer
  }

  /** The last answer, however old. */
  get value(): T | undefined {
    return this.#answer.phase === 'asking' ? undefined : this.#answer.value
  }

  hostConnected(): void {
    document.addEventListener('visibilitychange', this.#look)
    const look = (entries: readonly IntersectionObserverEntry[]): void => {
      this.#isInView = entries.at(-1)?.isIntersecting ?? false
      this.#look()
    }
    this.#observer = new IntersectionObserver(look, { rootMargin: NEARLY })
    this.#observer.observe(this.#host)
  }

  hostDisconnected(): void {
    document.removeEventListener('visibilitychange', this.#look)
    this.#observer?.disconnect()
    this.#isInView = false
    this.#refetch.stop()
  }

  /** The question is another now; the old answer stays until there is a new one. */
  renew(): void {
    if (this.#isWanted) this.#refetch.renew()
  }

  /** As `renew`, but the old answer is about something else and goes at once. */
  forget(): void {
    this.#answer = { phase: 'asking' }
    this.renew()
  }

  readonly #look = (): void => {
    if (this.#isWanted) this.#refetch.start()
    else this.#refetch.pause()
  }

  get #isWanted(): boolean {
    return this.#isInView && document.visibilityState === 'visible'
  }

  #failed(problem: string): Answer<T> {
    const { value } = this
    return { phase: 'failed', problem, ...(value !== undefined && { value }) }
  }

  #tell(answer: Answer<T>): void {
    this.#answer = answer
    this.#host.requestUpdate()
  }
}

/** The place that charts will take, so that nothing below them moves when they come. */
export function drawWaiting({ phase }: Answer<unknown>): TemplateResult {
  return phase === 'asking' ? html`<div class="charts waiting"></div>` : html``
}

/** Why there is no newer answer, where there is none. */
export function drawProblem(answer: Answer<unknown>): TemplateResult | string {
  return answer.phase === 'failed'
    ? html`<p class="problem" role="status">${answer.problem}</p>`
    : ''
}
