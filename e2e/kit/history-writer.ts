// A process that writes history without end, until it is killed. It tells what it gave to its store,
// and when: the height of the last beat, and ms since 1970.
//
//   node e2e/kit/history-writer.ts <file> <height to begin after>

import { store } from './built.ts'

/** Between two tells, in ms, and the beats given in between: too few to be written for their number. */
const PERIOD = 4
const BEATS = 4

const NODES = 50

const [file = '', after = '0'] = process.argv.slice(2)
const { openStore } = await store()
const history = openStore({ file })
await history.remembered()

let height = Number(after)
setInterval(() => {
  const at = Date.now()
  for (let beat = 0; beat < BEATS; beat++) {
    height++
    const peer = `node ${height % NODES}`
    history.write({ kind: 'beat', peer, at, height: BigInt(height), rtt: 20, route: 'webrtc' })
  }
  const since = height
  const id = `node-down node ${since}`
  history.write({
    kind: 'alert',
    alert: { id, kind: 'node-down', subject: 'node', since, evidence: 'It was killed.' }
  })
  process.stdout.write(`${height} ${at}\n`)
}, PERIOD)
