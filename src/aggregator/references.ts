import { BEHIND_EPOCHS, MAX_WATCHED_LEAD_EPOCHS } from '../constants.ts'
import type { TipsetSource } from '../head/index.ts'
import type { Clock } from '../timing/index.ts'
import type { Beat, Opinion } from '../wire/index.ts'
import { compare, type Disagreement, disagreement, networkHeight } from './agreement.ts'
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

/** What all references together say of the network. */
export interface ReferencesState {
  readonly networkHeight?: bigint
  /** How many can be compared with. */
  readonly ok: number
  readonly all: number
  /** They tell different things of one height: who, in words. */
  readonly disagreement?: string
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

  /** In the order that they were given in, nodes first; each with what is wrong among them. */
  statuses(): ReferenceStatus[] {
    const live = this.#witnessesTo(undefined)
    const differing = disagreement(live)
    const network = networkHeight(live)
    return this.#all.map((reference) => {
      const { status } = reference
      if (status.problem !== undefined) return status
      const problem = problemAmong(reference, differing, network)
      return problem === undefined ? status : { ...status, problem }
    })
  }

  /** What they say of the network now, all together. */
  get state(): ReferencesState {
    const live = this.#witnessesTo(undefined)
    const height = networkHeight(live)
    const differing = disagreement(live)
    return {
      ...(height !== undefined && { networkHeight: height }),
      ok: live.length,
      all: this.#all.length,
      ...(differing !== undefined && { disagreement: tell(differing) })
    }
  }

  /** Nobody is a witness to itself. What is not known yet is asked for, and known by the next beat. */
  opinion(peer: string, { settled }: Pick<Beat, 'settled'>): Opinion {
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
  #witnessesTo(peer: string | undefined): Reference[] {
    const now = this.#clock.elapsed()
    const self = peer === undefined ? undefined : this.#peers.get(peer)
    const nodes = this.#nodes.filter((node) => node.isLive(now))
    // One that stands still would otherwise draw the height of the network down to its own.
    const isCredible = (each: PeerReference): boolean =>
      nodes.length === 0 ||
      (!each.isStalled(now) &&
        nodes.some((node) => each.height - node.height <= MAX_WATCHED_LEAD_EPOCHS))
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

/** What is wrong with a reference, compared with the others. */
function problemAmong(
  reference: Reference,
  differing: Disagreement<Reference> | undefined,
  network: bigint | undefined
): string | undefined {
  const others = differing?.groups.find((group) => !group.includes(reference))
  const own = differing?.groups.find((group) => group.includes(reference))
  if (differing !== undefined && own !== undefined && others !== undefined) {
    const isMinority = own.length < others.length
    if (isMinority || own.length === others.length) {
      return `has another tipset at height ${differing.height} than ${namesOf(others)}`
    }
  }
  const behind = network === undefined ? 0n : network - reference.height
  return behind >= BEHIND_EPOCHS ? `is ${behind} epochs behind the other references` : undefined
}

function tell({ height, groups }: Disagreement<Reference>): string {
  const sides = groups.map(namesOf).join(' against ')
  return `at height ${height} they have different tipsets: ${sides}`
}

function namesOf(references: readonly Reference[]): string {
  return references.map(({ status }) => status.name).join(', ')
}
