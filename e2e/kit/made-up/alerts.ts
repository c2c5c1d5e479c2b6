import type { Alert } from '../../../src/aggregator/index.ts'
import { type MadeUpNodes, peerOf, TROUBLED } from './nodes.ts'
import { DAY, HOUR, MINUTE } from './numbers.ts'

/** What is wrong while there is trouble, and what was. `now` is in ms since 1970. */
export function troublesOf(nodes: MadeUpNodes, now: number): Alert[] {
  const about = (at: number) => ({ subject: peerOf(at), nickname: nodes.name(at) })
  return [
    {
      id: 'a1',
      kind: 'node-down',
      ...about(TROUBLED.down),
      since: now - 739_000,
      evidence: 'silent for 12 min; its streams are closed'
    },
    {
      id: 'a2',
      kind: 'node-on-other-chain',
      ...about(TROUBLED.differs),
      since: now - 37 * MINUTE,
      evidence: 'At epoch 5,371,180 its tipset is another than that of 2 references.'
    },
    {
      id: 'a3',
      kind: 'node-behind',
      ...about(TROUBLED.behind),
      since: now - 90 * MINUTE,
      evidence: 'It is 23 epochs behind the references, and moves.'
    },
    {
      id: 'a0',
      kind: 'references-lost',
      subject: '',
      since: now - DAY - HOUR,
      until: now - DAY - 45 * MINUTE,
      evidence: 'None of 3 references answered; the last one was lotus-2.'
    },
    {
      id: 'a9',
      kind: 'node-stalled',
      ...about(TROUBLED.stalled),
      since: now - 11 * HOUR,
      until: now - 11 * HOUR + 18 * MINUTE,
      evidence: "Its head stood at epoch 5,369,411 while the network's moved by 36."
    }
  ]
}
