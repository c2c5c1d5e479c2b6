import {
  type ClientOptions,
  type ClientState,
  createHeartbeatClient,
  type HeartbeatClient,
  type SentBeat
} from '../../src/client/index.ts'
import { OptionError } from '../../src/errors.ts'
import { type Scene, scenesAt } from './scenes.ts'

const BEAT_PERIOD = 30_000
const STEP_PERIOD = 1_200
const PAST_BEATS = 40
const CIDS = ['bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2']

/** A client that dials nobody: it shows what it is told to, and acts as if when it is started. */
export class FakeClient implements HeartbeatClient {
  readonly #listeners = new Set<() => void>()
  #scene: Scene
  #mistake: (ClientState & { phase: 'misconfigured' }) | undefined
  #consented = false
  #lastBeat: SentBeat | undefined
  #steps: ReturnType<typeof setTimeout>[] = []

  constructor(scene: Scene) {
    this.#scene = scene
    this.#play(scene)
  }

  get state() {
    return this.#mistake ?? this.#scene.state
  }

  get view() {
    return this.#scene.view
  }

  /** None of its own: those of the element are shown. */
  get options() {
    return undefined
  }

  get head() {
    const { height = 0n } = this.#scene.view
    return { cids: CIDS, height, settled: { height: height - 10n, cids: CIDS } }
  }

  get lastBeat() {
    return this.#lastBeat
  }

  get sharesTabs() {
    return this.#consented ? true : undefined
  }

  get consented() {
    return this.#consented
  }

  /** Shows a scene, as if it had come to it by itself. */
  show(scene: Scene): void {
    for (const step of this.#steps) clearTimeout(step)
    this.#steps = []
    this.#play(scene)
  }

  #play(scene: Scene): void {
    this.#consented = !['idle', 'misconfigured'].includes(scene.state.phase)
    this.#scene = scene
    const leader = scene.state.phase === 'following' ? scene.state.leader : scene.state
    if (leader.phase === 'beating') this.#rememberBeats(scene, leader)
    else this.#tell()
  }

  /** Says what a real client would say of wrong options, and shows its scene again with right ones. */
  configure(options: ClientOptions): void {
    this.#mistake = mistakeIn(options)
    this.#tell()
  }

  setHead(): void {}

  async start(): Promise<void> {
    const { reports } = scenesAt(Date.now())
    const way = ['Getting ready', 'Through a relay, trying WebRTC', 'Direct, WebRTC']
    const scenes = way.map((name) => reports.find((each) => each.name === name) as Scene)
    this.#steps = scenes.map((scene, at) => setTimeout(() => this.#play(scene), at * STEP_PERIOD))
  }

  async stop(): Promise<void> {
    this.#lastBeat = undefined
    this.show({ name: 'Off', state: { phase: 'idle' }, view: this.#scene.view })
  }

  retry(): void {
    void this.start()
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    queueMicrotask(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The beats of the last while, one after another, so that there is a line of round trips. */
  #rememberBeats(scene: Scene, now: ClientState & { phase: 'beating' }): void {
    const { at, height } = now.lastBeat
    for (let past = PAST_BEATS; past >= 0; past -= 1) {
      const sentAt = at - past * BEAT_PERIOD
      this.#lastBeat = beatAt(sentAt, height)
      const isLost = past % 17 === 9
      const isTaken = now.delivery.kind === 'acknowledged' && !isLost && !now.suspect
      const delivery = isTaken
        ? ({ kind: 'acknowledged', at: sentAt + 1 } as const)
        : ({ ...now.delivery, ...('at' in now.delivery && { at: 0 }) } as typeof now.delivery)
      const rtt = Math.round((now.rtt ?? 40) * (1 + 0.3 * Math.sin(past * 1.7) + (past % 7) / 20))
      this.#scene = {
        ...scene,
        state: { ...now, rtt: past === 0 ? (now.rtt ?? rtt) : rtt, delivery }
      }
      this.#tell()
    }
    this.#scene = scene
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

function mistakeIn(options: ClientOptions): (ClientState & { phase: 'misconfigured' }) | undefined {
  try {
    createHeartbeatClient(options)
    return undefined
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    return { phase: 'misconfigured', option: error.option, problem: error.message }
  }
}

function beatAt(at: number, height: bigint): SentBeat {
  const text = `Seq: 41\nHeight: ${height}\nHead: ${CIDS[0]}\nNext: ${BEAT_PERIOD} ms\nNickname: Demo wallet\n`
  return {
    at,
    nextAt: at + BEAT_PERIOD,
    height,
    head: CIDS,
    stale: false,
    text,
    bytes: new TextEncoder().encode(text)
  }
}
