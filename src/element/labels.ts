// What the pill says: two or three words a state, each with its shape. Whole sentences stand in
// sentences.ts, which is loaded with the panel.

import type { ClientState, View } from '../client/index.ts'
import type { Shape } from './shapes.ts'

/** How the reports are shown at a glance. */
export interface ReportsLabel {
  readonly shape: Shape
  readonly label: string
}

/** Whether reports are known to arrive: what is merely sent gets no colour. */
export function flows(state: ClientState): boolean {
  return state.phase === 'beating' && state.delivery.kind === 'acknowledged'
}

/** The label of the reports: every state has one, and no other source than the state. */
export function reportsLabel(state: ClientState): ReportsLabel {
  switch (state.phase) {
    case 'idle':
      return { shape: 'off', label: 'Reports off' }
    case 'misconfigured':
    case 'unsupported':
      return { shape: 'off', label: 'Reports unavailable' }
    case 'offline':
      return { shape: 'paused', label: 'Device offline' }
    case 'connecting':
      return { shape: 'connecting', label: 'Connecting reports…' }
    case 'beating':
      return beatingLabel(state)
    case 'failing':
      return { shape: 'paused', label: 'Reports paused' }
    case 'rejected':
      return REFUSED
    case 'following':
      return flows(state.leader)
        ? { shape: 'elsewhere', label: 'On in another tab' }
        : reportsLabel(state.leader)
    case 'asleep':
      return { shape: 'resting', label: 'Resting' }
    default:
      return state satisfies never
  }
}

const REFUSED: ReportsLabel = { shape: 'refused', label: 'Reports not accepted' }

function beatingLabel({ delivery, route }: ClientState & { phase: 'beating' }): ReportsLabel {
  if (delivery.kind === 'rejected') return REFUSED
  if (delivery.kind === 'unconfirmed') return { shape: 'unconfirmed', label: 'Sent, unconfirmed' }
  return { shape: 'flowing', label: route === 'relayed' ? 'Reporting' : 'Reporting, direct' }
}

/** How the view is coloured: the third sign, after word and number. */
export type Tone = 'fine' | 'slow' | 'other' | 'unknown'

/** How the view of the chain is shown at a glance. */
export interface ViewLabel {
  readonly tone: Tone
  readonly label: string
}

/** The label of the view: every verdict has one. */
export function viewLabel({ verdict, age = 0 }: View): ViewLabel {
  switch (verdict) {
    case 'fresh':
    case 'fresh-by-clock':
      return { tone: 'fine', label: 'Up to date' }
    case 'behind-by-clock':
      return { tone: 'slow', label: `About ${roughly(age)} old` }
    case 'provider-behind':
      return { tone: 'slow', label: `About ${roughly(age)} behind` }
    case 'network-slow':
      return { tone: 'slow', label: 'Filecoin is slow' }
    case 'clock-wrong':
      return { tone: 'slow', label: 'Check your clock' }
    case 'other-chain':
      return { tone: 'other', label: 'Different chain' }
    case 'unknown':
      return { tone: 'unknown', label: 'Chain unknown' }
    default:
      return verdict satisfies never
  }
}

/** A length of time (ms) in the coarsest unit that still says something: `3 min`. */
export function roughly(time: number): string {
  const seconds = Math.max(1, Math.round(Math.abs(time) / 1_000))
  if (seconds < 90) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}
