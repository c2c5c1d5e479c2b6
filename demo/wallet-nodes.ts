import { html, nothing, type TemplateResult } from 'lit'

/** A node as the aggregator's feed tells it, as far as it is shown. Times are ms since 1970. */
export interface NodeRow {
  readonly peer: string
  readonly nickname: string
  readonly height: string
  readonly route: 'websocket' | 'relayed' | 'webrtc'
  readonly connected: boolean
  readonly status: 'beating' | 'asleep' | 'overdue' | 'left'
  /** The operator's own; here are the wallets. */
  readonly watched?: true
  /** There when two sessions use one key. */
  readonly duplicateIdentity?: object
  readonly beats: number
  readonly lastBeatAt: number
}

const STATUSES = { beating: 'beating', asleep: 'resting', overdue: 'overdue', left: 'left' }
const ROUTES = { websocket: 'direct', relayed: 'through a relay', webrtc: 'direct (WebRTC)' }

/** Follows the aggregator's feed: a snapshot, then what changes. */
export function followNodes(
  url: string,
  onChange: (state: 'live' | 'lost', rows: ReadonlyMap<string, NodeRow>) => void
): void {
  const rows = new Map<string, NodeRow>()
  const source = new EventSource(url)
  source.addEventListener('snapshot', ({ data }) => {
    rows.clear()
    for (const row of JSON.parse(data).nodes) if (!row.watched) rows.set(row.peer, row)
    onChange('live', rows)
  })
  source.addEventListener('node', ({ data }) => {
    const row: NodeRow = JSON.parse(data)
    if (row.watched) return
    rows.set(row.peer, row)
    onChange('live', rows)
  })
  source.addEventListener('gone', ({ data }) => {
    rows.delete(JSON.parse(data).peer)
    onChange('live', rows)
  })
  source.addEventListener('error', () => onChange('lost', rows))
}

/** The strip: what the aggregator sees. `height` is that of this wallet's last beat. */
export function drawNodes(
  rows: ReadonlyMap<string, NodeRow>,
  state: 'live' | 'lost',
  height: bigint | undefined,
  dashboard: string
): TemplateResult {
  const nodes = [...rows.values()].sort((a, b) => b.lastBeatAt - a.lastBeatAt)
  return html`
    <h2>
      What the aggregator sees
      <small>${state === 'live' ? 'live' : 'the aggregator does not answer'}</small>
      <a href=${dashboard} target="_blank">Open its dashboard</a>
    </h2>
    ${
      nodes.length === 0
        ? html`<p class="muted">No reports yet. Turn them on with the pill at the top.</p>`
        : html`<div class="scroll">
            <table>
              <thead>
                <tr>
                  <th>Node</th>
                  <th>Epoch</th>
                  <th>Route</th>
                  <th>Status</th>
                  <th>Reports</th>
                  <th>Last report</th>
                </tr>
              </thead>
              <tbody>
                ${nodes.map((node) => drawNode(node, state, height))}
              </tbody>
            </table>
          </div>`
    }
  `
}

function drawNode(
  node: NodeRow,
  state: 'live' | 'lost',
  height: bigint | undefined
): TemplateResult {
  const seconds = Math.max(0, Math.round((Date.now() - node.lastBeatAt) / 1_000))
  const lag = height === undefined ? 0n : height - BigInt(node.height)
  // What was seen last is no news while nothing is.
  return html`<tr class="${node.connected && state === 'live' ? '' : 'gone'}">
    <td>${node.nickname || 'unnamed'} <code>…${node.peer.slice(-6)}</code></td>
    <td>${BigInt(node.height).toLocaleString()}${lag > 1n ? ` (${lag} behind)` : nothing}</td>
    <td>${node.connected ? ROUTES[node.route] : '–'}</td>
    <td>${state === 'live' ? STATUSES[node.status] : 'not known'}${node.duplicateIdentity ? ', seen twice' : nothing}</td>
    <td>${node.beats.toLocaleString()}</td>
    <td>${seconds} s ago</td>
  </tr>`
}
