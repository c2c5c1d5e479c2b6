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
  /** Genesis of the network that is watched; otherwise that which the first node tells. */
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
  #genesis: string | undefined

  constructor(init: ReferencesInit) {
    const { sources, watched, epochPeriod, grace, clock, random = Math.random } = init
    this.#clock = clock
    this.#genesis = init.genesis
    const isOwnNetwork = (genesis: string): boolean => {
      this.#genesis ??= genesis
      return genesis === this.#genesis
    }
    this.#nodes = sources.map(
      (source) => new RpcReference(source, { epochPeriod, clock, random, isOwnNetwork })
    )
    this.#peers = new Map(
      watched.map((peer) => [peer, new PeerReference(peer, { epochPeriod, clock, grace })])
    )
    this.#all = [...this.#nodes, ...this.#peers.values()]
  }

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
    const now = this.#clock.elapsed()
    const self = this.#peers.get(peer)
    const live = this.#all.filter((each) => each !== self && each.isLive(now))
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
}
