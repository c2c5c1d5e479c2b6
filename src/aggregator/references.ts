import { MAX_WATCHED_LEAD_EPOCHS } from '../constants.ts'
import type { TipsetSource } from '../head/index.ts'
import type { Clock } from '../timing/index.ts'
import type { Beat, Opinion } from '../wire/index.ts'
import { compare, networkHeight } from './agreement.ts'
import { PeerReference } from './peer-reference.ts'
import type { SecondOpinion } from './reception.ts'
import type { Reference, ReferenceStatus } from './reference.ts'
import { RpcReference } from './rpc-reference.ts'

/** What references are made of. */
export interface ReferencesInit {
  /** Nodes of the operator. */
  readonly sources: readonly TipsetSource[]
  /** Peer ids that the operator trusts. */
  readonly watched: readonly string[]
  /** Genesis of the network that is watched; otherwise that which all nodes that answer tell. */
  readonly genesis?: string | undefined
  /** Length of an epoch, in ms. */
  readonly epochPeriod: number
  /** How long a beat is waited for after it was due, in ms. */
  readonly grace: number
  readonly clock: Clock
  readonly random?: () => number
}

/**
 * The operator's second opinion: what his own nodes and the peers that he watches say of the chain.
 * Nobody else has a say, since keys are free. Answers at once, from what is known.
 */
export class References implements SecondOpinion {
  readonly #clock: Clock
  readonly #nodes: readonly RpcReference[]
  readonly #peers: ReadonlyMap<string, PeerReference>
  readonly #all: readonly Reference[]
  readonly #controller = new AbortController()
  #following: Promise<unknown> | undefined
  readonly #given: string | undefined
  #genesis: string | undefined

  constructor(init: ReferencesInit) {
    const { sources, watched, epochPeriod, grace, clock, random = Math.random } = init
    this.#clock = clock
    this.#given = init.genesis
    this.#genesis = init.genesis
    const onPolled = (): void => this.#judgeNetworks()
    this.#nodes = sources.map(
      (source) => new RpcReference(source, { epochPeriod, clock, random, onPolled })
    )
    this.#peers = new Map(
      watched.map((peer) => [peer, new PeerReference(peer, { epochPeriod, clock, grace })])
    )
    this.#all = [...this.#nodes, ...this.#peers.values()]
  }

  /** Unless the operator told it: not known before each node was asked once, nor while they differ. */
  get genesis(): string | undefined {
    return this.#genesis
  }

  /** In the order that they were given in, nodes first. */
  statuses(): ReferenceStatus[] {
    return this.#all.map(({ status }) => status)
  }

  /** Nobody is a witness to itself. What is not known yet is asked for, and known by the next beat. */
  opinion(peer: string, { settled }: Beat): Opinion {
    if (this.#all.length === 0) return {}
    if (settled !== undefined) for (const node of this.#nodes) node.want(settled.height)
    const live = this.#witnessesTo(peer)
    const height = networkHeight(live)
    return { ...(height !== undefined && { networkHeight: height }), ...compare(live, settled) }
  }

  heard(peer: string, beat: Beat): void {
    this.#peers.get(peer)?.hear(beat)
  }

  start(): void {
    const { signal } = this.#controller
    this.#following ??= Promise.all(this.#nodes.map((node) => node.follow(signal)))
  }

  async stop(): Promise<void> {
    this.#controller.abort()
    await this.#following
  }

  /** Who counts now; watched peers only as far as the nodes that count make them credible. */
  #witnessesTo(peer: string): Reference[] {
    const now = this.#clock.elapsed()
    const self = this.#peers.get(peer)
    const nodes = this.#nodes.filter((node) => node.isLive(now))
    const isCredible = ({ height }: Reference): boolean =>
      nodes.length === 0 || nodes.some((node) => height - node.height <= MAX_WATCHED_LEAD_EPOCHS)
    const peers = [...this.#peers.values()].filter(
      (each) => each !== self && each.isLive(now) && isCredible(each)
    )
    return [...nodes, ...peers]
  }

  /**
   * Clients of another network are turned away for good, so one wrong URL must not decide: neither
   * because it answers first, nor against another node. While nodes differ none of them counts.
   */
  #judgeNetworks(): void {
    const told = new Set(this.#nodes.flatMap(({ genesis }) => genesis ?? []))
    if (this.#given === undefined) {
      const isDecided = told.size === 1 && this.#nodes.every(({ isPolled }) => isPolled)
      this.#genesis = isDecided ? [...told][0] : undefined
    }
    for (const node of this.#nodes) node.judge(this.#networkProblem(node.genesis, told.size))
  }

  #networkProblem(genesis: string | undefined, told: number): string | undefined {
    if (genesis === undefined) return undefined
    if (this.#given !== undefined) {
      return genesis === this.#given ? undefined : 'is of another network'
    }
    return told > 1 ? `differs from other references about the genesis: ${genesis}` : undefined
  }
}
