// What is said at a glance: two or three words a state, each with its shape. Whole sentences stand in
// sentences.ts, which is loaded with the panel.

import type { ClientState, View } from '../client/index.ts'
import type { Language } from './language.ts'
import type { MessageKey } from './messages/messages.ts'
import type { Shape } from './shapes.ts'

/** How the reports are shown at a glance. */
export interface ReportsLabel {
  readonly shape: Shape
  readonly label: MessageKey
}

/** Whether reports are known to arrive: what is merely sent gets no colour. */
export function flows(state: ClientState): boolean {
  return state.phase === 'beating' && state.delivery.kind === 'acknowledged'
}

/** The label of the reports: every state has one, and no other source than the state. */
export function reportsLabel(state: ClientState): ReportsLabel {
  switch (state.phase) {
    case 'idle':
      return { shape: 'off', label: 'label-off' }
    case 'misconfigured':
    case 'unsupported':
      return { shape: 'off', label: 'label-unavailable' }
    case 'offline':
      return { shape: 'paused', label: 'label-offline' }
    case 'connecting':
      return { shape: 'connecting', label: 'label-connecting' }
    case 'beating':
      return beatingLabel(state)
    case 'failing':
      return { shape: 'paused', label: 'label-paused' }
    case 'rejected':
      return REFUSED
    case 'following':
      return flows(state.leader)
        ? { shape: 'elsewhere', label: 'label-elsewhere' }
        : reportsLabel(state.leader)
    case 'asleep':
      return { shape: 'resting', label: 'label-resting' }
    default:
      return state satisfies never
  }
}

const REFUSED: ReportsLabel = { shape: 'refused', label: 'label-refused' }

function beatingLabel({ delivery, route }: ClientState & { phase: 'beating' }): ReportsLabel {
  if (delivery.kind === 'rejected') return REFUSED
  if (delivery.kind === 'unconfirmed') return { shape: 'unconfirmed', label: 'label-unconfirmed' }
  const label = route === 'relayed' ? 'label-flowing' : 'label-flowing-direct'
  return { shape: 'flowing', label }
}

/** How the view is coloured: the third sign, after word and number. */
export type Tone = 'fine' | 'slow' | 'other' | 'unknown'

/** How the view of the chain is shown at a glance. */
export interface ViewLabel {
  readonly tone: Tone
  readonly label: MessageKey
}

/** The label of the view: every verdict has one. */
export function viewLabel({ verdict }: Pick<View, 'verdict'>): ViewLabel {
  switch (verdict) {
    case 'fresh':
    case 'fresh-by-clock':
      return { tone: 'fine', label: 'label-up-to-date' }
    case 'behind-by-clock':
      return { tone: 'slow', label: 'label-old' }
    case 'provider-behind':
      return { tone: 'slow', label: 'label-behind' }
    case 'network-slow':
      return { tone: 'slow', label: 'label-network-slow' }
    case 'clock-wrong':
      return { tone: 'slow', label: 'label-clock-wrong' }
    case 'other-chain':
      return { tone: 'other', label: 'label-other-chain' }
    case 'unknown':
      return { tone: 'unknown', label: 'label-unknown' }
    default:
      return verdict satisfies never
  }
}

/** The label of the view in words. */
export function sayView(language: Language, view: View): string {
  return language.say(viewLabel(view).label, { age: language.span(view.age ?? 0) })
}
