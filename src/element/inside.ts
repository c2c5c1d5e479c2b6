import type {
  ClientOptions,
  ClientState,
  HeadInput,
  HeartbeatClient,
  View
} from '../client/index.ts'
import { ClientController, type ClientObserver } from './client-controller.ts'
import type { FilHeartbeatEvents } from './events.ts'
import type { Face, FaceHost } from './face.ts'
import type { Looks } from './looks.ts'

/** What the inside needs to know of its element. */
export interface Outside extends HTMLElement {
  readonly renderRoot: HTMLElement | DocumentFragment
  addController(controller: ClientController): void
  requestUpdate(): void
}

/** What an element is given, as it is by now. */
export interface Given {
  readonly options: () => ClientOptions
  readonly looks: () => Looks
}

/** What an element has that its page does not see: its client, its face, and what is wrong. */
export class Inside implements ClientObserver, FaceHost {
  readonly element: Outside
  readonly client: ClientController
  readonly #given: Given
  readonly #states: CustomStateSet | undefined
  #face: Face | undefined
  #problem: Error | undefined
  #told: { state?: ClientState; view?: View; beat?: HeartbeatClient['lastBeat'] } = {}

  constructor(element: Outside, given: Given) {
    this.element = element
    this.#given = given
    this.#states = element.attachInternals().states
    this.client = new ClientController(element, this)
  }

  get state(): ClientState {
    return this.client.state
  }

  get view(): View {
    return this.client.view
  }

  get head(): HeartbeatClient['head'] {
    return this.client.client?.head
  }

  get lastBeat(): HeartbeatClient['lastBeat'] {
    return this.client.client?.lastBeat
  }

  get sharesTabs(): boolean | undefined {
    return this.client.client?.sharesTabs
  }

  get consented(): boolean {
    return this.client.client?.consented ?? false
  }

  get options(): ClientOptions {
    return this.client.given?.options ?? this.#given.options()
  }

  get looks(): Looks {
    return this.#given.looks()
  }

  get problem(): Error | undefined {
    return this.#problem
  }

  setHead(head: HeadInput | undefined): void {
    this.#problem = undefined
    this.client.head = head
  }

  /** Options of the client changed. */
  configure(): void {
    this.#problem = undefined
    this.client.configure()
  }

  /** What is only shown changed. */
  renew(): void {
    this.#face?.renew()
  }

  /** Its element is in a page: the face is fetched, and drawn. */
  async connect(): Promise<void> {
    try {
      const { Face } = await import('./face.ts')
      this.#face ??= new Face(this)
    } catch (error) {
      return this.refused(error as Error)
    }
    if (this.element.isConnected) await this.#face.connect()
  }

  disconnect(): void {
    this.#face?.disconnect()
  }

  /** What there is to be drawn; before there is a face, why there is none. */
  draw(): unknown {
    return this.#face?.draw() ?? this.#problem?.message
  }

  drawn(): void {
    this.#face?.drawn()
  }

  choose(consented: boolean): void {
    this.dispatch('fil-heartbeat-consent', { consented })
    const isOver = !consented && !this.consented
    if (isOver) return
    const done = consented ? this.client.start() : this.client.stop({ everywhere: true })
    // What fails is told by the element itself.
    done.catch(() => {})
  }

  retry(): void {
    this.client.client?.retry()
  }

  requestUpdate(): void {
    this.element.requestUpdate()
  }

  refused(error: Error): void {
    this.#problem = error
    this.requestUpdate()
    this.dispatch('fil-heartbeat-error', { error })
  }

  loaded(): void {
    this.#problem = undefined
    this.requestUpdate()
  }

  /** Tells what is new, once for each batch of changes. */
  changed(client: HeartbeatClient): void {
    const { state, view, lastBeat } = client
    const { state: oldState, view: oldView, beat } = this.#told
    this.#told = { state, view, beat: lastBeat }
    this.#face?.note(client)
    this.#mark(state, view)
    this.requestUpdate()
    if (
      state !== oldState ||
      view.verdict !== oldView?.verdict ||
      view.height !== oldView?.height
    ) {
      this.dispatch('fil-heartbeat-change', { state, view })
    }
    if (view.verdict !== oldView?.verdict) this.dispatch('fil-heartbeat-view', view)
    if (lastBeat !== undefined && lastBeat !== beat) this.dispatch('fil-heartbeat-beat', lastBeat)
  }

  dispatch<T extends keyof FilHeartbeatEvents>(
    type: T,
    detail: FilHeartbeatEvents[T]['detail']
  ): void {
    this.element.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }))
  }

  // For the page's style sheets: `fil-heartbeat:state(failing)`.
  #mark({ phase }: ClientState, { verdict }: View): void {
    const marks = [phase, verdict, ...(this.consented ? ['consented'] : [])]
    try {
      this.#states?.clear()
      for (const mark of marks) this.#states?.add(mark)
    } catch {
      // Browsers of before 2024 take no such names.
    }
  }
}
