import { MAX_NEXT_PERIOD } from '../constants.ts'
import { checkHeight, checkWhole } from './checks.ts'
import {
  height,
  Members,
  present,
  type Read,
  readMessage,
  text,
  whole,
  writeMessage
} from './members.ts'
import type { Ack, Agreement, Answer, RejectReason } from './messages.ts'

/**
 * Writes an answer as one message of `/fil/heartbeat/2.0.0`, its length included.
 *
 * @throws {OptionError} when a number is out of its bounds
 */
export function encodeAnswer(answer: Answer): Uint8Array {
  if (answer.type === 'bye') {
    checkWhole('retry', answer.retry, 1, MAX_NEXT_PERIOD)
    return writeMessage('answer', { Type: 'bye', Retry: answer.retry })
  }
  const { seq, reason, pace, networkHeight, agreement, at, witnesses } = answer
  checkWhole('seq', seq, 1, MAX_UINT)
  if (pace !== undefined) checkWhole('pace', pace, 1, MAX_NEXT_PERIOD)
  if (witnesses !== undefined) checkWhole('witnesses', witnesses, 0, MAX_UINT)
  if (networkHeight !== undefined) checkHeight('networkHeight', networkHeight)
  if (at !== undefined) checkHeight('at', at)
  return writeMessage('answer', {
    Type: 'ack',
    Seq: seq,
    Verdict: reason === undefined ? 'accepted' : 'rejected',
    Reason: reason,
    Pace: pace,
    NetworkHeight: networkHeight,
    Agreement: agreement,
    At: at,
    Witnesses: witnesses
  })
}

/**
 * Reads an answer from one message of `/fil/heartbeat/2.0.0`, without its length; `undefined` when
 * it is of a type that this version does not know, and that is to be ignored.
 *
 * @throws {MalformedError} when the message is no answer; nothing else
 */
export function decodeAnswer(message: Uint8Array): Answer | undefined {
  const members = new Members(readMessage(message))
  const type = members.required('Type', 'answer', text)
  if (type === 'ack') return readAck(members)
  if (type !== 'bye') return undefined
  return { type, retry: members.required('Retry', 'answer', whole(1, MAX_NEXT_PERIOD)) }
}

function readAck(members: Members): Ack {
  const isRejected = members.required('Verdict', 'answer', verdict)
  return {
    type: 'ack',
    seq: members.required('Seq', 'answer', whole(1, MAX_UINT)),
    ...present({
      reason: isRejected ? members.required('Reason', 'answer', rejectReason) : undefined,
      pace: members.optional('Pace', 'answer', whole(1, MAX_NEXT_PERIOD)),
      networkHeight: members.optional('NetworkHeight', 'answer', height),
      agreement: members.optional('Agreement', 'answer', agreementText),
      at: members.optional('At', 'answer', height),
      witnesses: members.optional('Witnesses', 'answer', whole(0, MAX_UINT))
    })
  }
}

const MAX_UINT = Number.MAX_SAFE_INTEGER
const AGREEMENTS: readonly Agreement[] = ['same', 'differs', 'unknown']
const REASONS: readonly RejectReason[] = [
  'wrong-network',
  'too-often',
  'replayed',
  'duplicate-identity',
  'malformed',
  'refused'
]

const verdict: Read<boolean> = (value, wrong) => {
  if (value === 'accepted' || value === 'rejected') return value === 'rejected'
  throw wrong('is neither accepted nor rejected')
}

/** A reason of a later version stands for the one that names nothing. */
const rejectReason: Read<RejectReason> = (value, wrong) => {
  const word = text(value, wrong)
  return REASONS.find((reason) => reason === word) ?? 'refused'
}

const agreementText: Read<Agreement> = (value, wrong) => {
  const word = text(value, wrong)
  return AGREEMENTS.find((agreement) => agreement === word) ?? 'unknown'
}
