import type { ClientState, RejectReason, View } from '../client/index.ts'
import { flows, roughly } from './labels.ts'

/** One sentence or two on the reports: what is, and what happens next. `now` is ms since 1970. */
export function reportsSentence(state: ClientState, now: number): string {
  switch (state.phase) {
    case 'idle':
      return 'Nothing is sent.'
    case 'misconfigured':
    case 'unsupported':
      return `Reports cannot be sent: ${state.problem}.`
    case 'offline':
      return 'Your browser reports no network. Reporting resumes by itself.'
    case 'connecting':
      if (state.waitingFor === 'head')
        return 'Connected. Waiting for your provider to say where the chain is.'
      return state.via === undefined ? 'Getting ready.' : `Reaching ${state.via}.`
    case 'beating':
      return beatingSentence(state)
    case 'failing':
      return `${failingSentence(state)} Next try ${inSeconds(state.nextTryAt, now)}. This concerns status reports only.`
    case 'rejected':
      return state.nextTryAt === undefined
        ? REJECTED[state.reason]
        : `${REJECTED[state.reason]} Next try ${inSeconds(state.nextTryAt, now)}.`
    case 'following':
      return flows(state.leader)
        ? 'Another tab reports for this wallet.'
        : `In another tab: ${reportsSentence(state.leader, now)}`
    case 'asleep':
      return 'The browser lets this tab report only now and then.'
    default:
      return state satisfies never
  }
}

function beatingSentence({
  delivery,
  route,
  rtt,
  suspect,
  upgrade
}: ClientState & { phase: 'beating' }): string {
  if (suspect) return 'The last report has not been confirmed yet.'
  if (delivery.kind === 'rejected') return REJECTED[delivery.reason]
  const verb = delivery.kind === 'unconfirmed' ? 'Reports are sent' : 'Reports arrive'
  const way =
    route === 'relayed'
      ? `${verb} through a relay.`
      : `${verb} directly${rtt === undefined ? '' : `, in ${Math.round(rtt)} ms`}.`
  const more = upgrade === 'trying' ? ' A direct connection is being tried.' : ''
  return delivery.kind === 'unconfirmed'
    ? `${way}${more} This server does not confirm receipt.`
    : way + more
}

const REJECTED: Record<RejectReason, string> = {
  'wrong-network': 'The server watches another network than the one this wallet is on.',
  'too-often': 'The server asks for fewer reports; they are sent more slowly now.',
  replayed: 'The server took a report for an old one; a new session is begun.',
  'duplicate-identity': 'Another wallet reports under the same identity.',
  malformed: 'The server could not read the report. This is a fault of this software.',
  refused: 'The server takes no reports from here for now.'
}

function failingSentence({
  layer,
  via,
  since,
  problem
}: ClientState & { phase: 'failing' }): string {
  const time = new Date(since).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  switch (layer) {
    case 'discovery':
      return `The address list of ${via} cannot be used since ${time}: ${problem}.`
    case 'relay':
      return `The relay ${via} has been silent since ${time}.`
    case 'aggregator':
      return `The server for reports cannot be reached since ${time}.`
    case 'aggregator-silent':
      return `The server for reports has not answered since ${time}.`
    default:
      return layer satisfies never
  }
}

/** One sentence on the wallet's view of the chain. */
export function viewSentence({ verdict, height, age = 0, witnesses, behindNetwork }: View): string {
  switch (verdict) {
    case 'fresh':
      return `Epoch ${height?.toLocaleString()}. ${agreeing(witnesses ?? 0)}`
    case 'fresh-by-clock':
      return `Epoch ${height?.toLocaleString()}, by this device's clock.`
    case 'behind-by-clock':
      return `This wallet's last epoch is about ${roughly(age)} old.`
    case 'provider-behind':
      return `Your provider is ${behindNetwork ?? 0} epochs behind the network. Balances may be old.`
    case 'network-slow':
      return `The network itself has made no new epoch for ${roughly(age)}.`
    case 'clock-wrong':
      return `This device's clock seems to be off by ${roughly(age)}.`
    case 'other-chain':
      return 'Your provider shows another chain than the sources this service watches. A second opinion, not proof.'
    case 'unknown':
      return height === undefined
        ? 'Waiting for your provider to say where the chain is.'
        : 'Your provider does not say where the chain is, or shows another chain than this wallet is set to.'
    default:
      return verdict satisfies never
  }
}

function agreeing(witnesses: number): string {
  return `${witnesses} of the operator's sources ${witnesses === 1 ? 'agrees' : 'agree'}.`
}

/** `in 12 s`, or `now`. Times are ms since 1970. */
export function inSeconds(at: number, now: number): string {
  return at - now < 1_000 ? 'now' : `in ${roughly(at - now)}`
}

/** `3 s ago`, or `just now`. Times are ms since 1970. */
export function ago(at: number, now: number): string {
  return now - at < 1_000 ? 'just now' : `${roughly(now - at)} ago`
}
