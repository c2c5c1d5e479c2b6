// What a heartbeat is, and how it travels: as a line of JSON, or as a message that is answered. In: a
// beat or an answer, or bytes of a stranger in chunks of any size. Out: bytes, or what they say and
// the reasons why others say nothing. It knows no network and no clock, and never says whether what
// a beat claims is true. README.md specifies it.

export { decodeAnswer, encodeAnswer } from './answer-v2.ts'
export { decodeBeat, encodeBeat } from './beat-v2.ts'
export { decodeV1 } from './decode-v1.ts'
export { type Discovery, readDiscovery } from './discovery.ts'
export { displayNickname, displayText, minerAddressProblem } from './display.ts'
export { encodeV1 } from './encode-v1.ts'
export type { Heartbeat } from './heartbeat.ts'
export { LineReader, type LineResult } from './line-reader.ts'
export { MessageReader, type MessageResult } from './message-reader.ts'
export type {
  Ack,
  Agreement,
  Answer,
  Beat,
  Bye,
  Opinion,
  RejectReason,
  SettledTipset
} from './messages.ts'
export { formatTipset, isCid, parseTipset, sortCids } from './tipset.ts'
