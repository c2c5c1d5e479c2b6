import type { ClientOptions, ClientState, View } from '../client/index.ts'
import { flows } from './labels.ts'
import type { Language } from './language.ts'

/** What a sentence depends on besides what it tells of. */
export interface Speech {
  readonly language: Language
  /** The chain that the wallet is set to. */
  readonly chain: ClientOptions['chain']
  /** Ms since 1970. */
  readonly now: number
}

/** One sentence or two on the reports: what is, and what happens next. */
export function reportsSentence(state: ClientState, speech: Speech): string {
  const { language } = speech
  switch (state.phase) {
    case 'idle':
      return language.say('idle')
    case 'misconfigured':
    case 'unsupported':
      return language.say('unavailable', { problem: state.problem })
    case 'offline':
      return language.say('offline')
    case 'connecting':
      return connectingSentence(state, language)
    case 'beating':
      return beatingSentence(state, speech)
    case 'failing':
      return [
        failingSentence(state, language),
        nextTry(state.nextTryAt, speech),
        language.say('reports-only')
      ].join(' ')
    case 'rejected':
      return state.nextTryAt === undefined
        ? rejection(state.reason, speech)
        : `${rejection(state.reason, speech)} ${nextTry(state.nextTryAt, speech)}`
    case 'following':
      return flows(state.leader)
        ? language.say('following')
        : language.say('following-other', { sentence: reportsSentence(state.leader, speech) })
    case 'asleep':
      return language.say('asleep')
    default:
      return state satisfies never
  }
}

function nextTry(at: number, { language, now }: Speech): string {
  return language.say('next-try', { when: language.until(at, now) })
}

function connectingSentence(
  { waitingFor, via, attempt }: ClientState & { phase: 'connecting' },
  language: Language
): string {
  if (waitingFor === 'head') return language.say('waiting-for-head')
  if (via === undefined) return language.say('getting-ready')
  return attempt > 1
    ? language.say('reaching-again', { host: via, attempt })
    : language.say('reaching', { host: via })
}

function beatingSentence(
  { delivery, route, rtt, suspect, upgrade }: ClientState & { phase: 'beating' },
  speech: Speech
): string {
  const { language } = speech
  if (suspect) return language.say('suspect')
  if (delivery.kind === 'rejected') return rejection(delivery.reason, speech)
  const isRelayed = route === 'relayed'
  const way = (): string => {
    if (delivery.kind === 'unconfirmed')
      return language.say(isRelayed ? 'sent-relayed' : 'sent-direct')
    if (isRelayed) return language.say('relayed')
    return rtt === undefined
      ? language.say('direct')
      : language.say('direct-in', { time: language.trip(rtt) })
  }
  return upgrade === 'trying' ? `${way()} ${language.say('upgrading')}` : way()
}

type Reason = (ClientState & { phase: 'rejected' })['reason']

function rejection(reason: Reason, { language, chain = 'mainnet' }: Speech): string {
  if (reason === 'wrong-network' && typeof chain === 'string')
    return language.say('rejected-wrong-network-named', { chain: chainName(chain, language) })
  return language.say(`rejected-${reason}`)
}

function failingSentence(
  { layer, via, since, problem }: ClientState & { phase: 'failing' },
  language: Language
): string {
  return language.say(`failing-${layer}`, { host: via, since: language.time(since), problem })
}

/** What the wallet's chain is called. */
export function chainName(chain: ClientOptions['chain'], language: Language): string {
  switch (chain ?? 'mainnet') {
    case 'mainnet':
      return language.say('chain-mainnet')
    case 'calibration':
      return language.say('chain-calibration')
    default:
      return language.say('chain-other')
  }
}

/** One sentence on the wallet's view of the chain. */
export function viewSentence(view: View, language: Language): string {
  const { verdict, height, age = 0, witnesses: count = 0, behindNetwork } = view
  const epoch = height ?? '–'
  switch (verdict) {
    case 'fresh':
      return language.say('fresh', { epoch, count })
    case 'fresh-by-clock':
      return language.say('fresh-by-clock', { epoch })
    case 'provider-behind':
      return language.say('provider-behind', { count: behindNetwork ?? 0 })
    case 'behind-by-clock':
    case 'network-slow':
    case 'clock-wrong':
      return language.say(verdict, { age: language.span(age) })
    case 'other-chain':
      return language.say('other-chain')
    case 'unknown':
      return language.say(height === undefined ? 'waiting-for-provider' : 'provider-fails')
    default:
      return verdict satisfies never
  }
}
