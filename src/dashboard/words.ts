import type { AlertKind, BeatRoute, Liveness, NodeRow } from '../aggregator/index.ts'
import { BEHIND_EPOCHS } from '../constants.ts'
import type { Connection } from './connection.ts'
import { moment, shortId } from './format.ts'
import type { Shape } from './shapes.ts'

/** How something is coloured: the third sign, after word and shape. */
export type Tone = 'live' | 'fine' | 'slow' | 'bad' | 'quiet'

/** A state at a glance. */
export interface Sign {
  readonly word: string
  readonly shape: Shape
  readonly tone: Tone
}

/** Whether a node is there. */
export const STATUS: Readonly<Record<Liveness, Sign>> = {
  beating: { word: 'Beating', shape: 'beating', tone: 'live' },
  asleep: { word: 'Asleep', shape: 'asleep', tone: 'quiet' },
  overdue: { word: 'Overdue', shape: 'overdue', tone: 'slow' },
  left: { word: 'Left', shape: 'left', tone: 'quiet' },
  down: { word: 'Down', shape: 'down', tone: 'bad' }
}

/** What each status means, for those who ask. */
export const STATUS_MEANING: Readonly<Record<Liveness, string>> = {
  beating: 'Its beats come when they are due.',
  asleep: 'It beats more seldom, as it said that it would.',
  overdue: 'Its beat is late; there is still time.',
  left: 'It said goodbye, or is a visitor that is gone.',
  down: 'It is watched, and its beats no longer come.'
}

/** Whether a node's settled tipset is the references'. */
export const AGREEMENT: Readonly<Record<NonNullable<NodeRow['agreement']>, Sign>> = {
  same: { word: 'Agrees', shape: 'same', tone: 'fine' },
  differs: { word: 'Differs', shape: 'differs', tone: 'bad' },
  unknown: { word: 'Not known', shape: 'unknown', tone: 'quiet' }
}

/** The way that beats come. */
export const ROUTE: Readonly<Record<BeatRoute, string>> = {
  websocket: 'Direct',
  relayed: 'Relay',
  webrtc: 'WebRTC'
}

/** What is wrong, in a few words. */
export const ALERT: Readonly<Record<AlertKind, { readonly title: string; readonly tone: Tone }>> = {
  'node-down': { title: 'Node is down', tone: 'bad' },
  'node-stalled': { title: 'Head does not move', tone: 'slow' },
  'node-behind': { title: 'Node is behind', tone: 'slow' },
  'node-on-other-chain': { title: 'Node is on another chain', tone: 'bad' },
  'duplicate-identity': { title: 'Two programs use one key', tone: 'slow' },
  'references-disagree': { title: 'References disagree', tone: 'bad' },
  'references-lost': { title: 'No reference answers', tone: 'bad' },
  'nothing-heard': { title: 'No node is heard', tone: 'bad' },
  'observer-unwell': { title: 'This aggregator is unwell', tone: 'slow' }
}

/** The colour of a lag in epochs: none where it is ordinary. */
export function lagTone(behind: number | undefined): Tone | '' {
  return behind !== undefined && behind >= BEHIND_EPOCHS ? 'slow' : ''
}

/** What a node is called: its nickname, or where it has none a part of its peer id. */
export function nameOf({ nickname, peer }: Pick<NodeRow, 'nickname' | 'peer'>): string {
  return nickname.trim() === '' ? shortId(peer) : nickname
}

/** The dashboard's own connection at a glance. `now` is in ms since 1970. */
export function connectionSign(connection: Connection, now: number): Sign {
  switch (connection.phase) {
    case 'connecting':
      return { word: 'Connecting…', shape: 'overdue', tone: 'quiet' }
    case 'live':
      return { word: 'Live', shape: 'beating', tone: 'live' }
    case 'unreachable':
      return { word: 'No aggregator', shape: 'down', tone: 'bad' }
    case 'lost':
      return { word: `Lost since ${moment(connection.since, now)}`, shape: 'down', tone: 'bad' }
    case 'token-needed':
      return { word: 'Token needed', shape: 'left', tone: 'slow' }
    default:
      return connection satisfies never
  }
}
